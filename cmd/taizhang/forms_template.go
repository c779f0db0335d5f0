package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/ingest/forms"
	"taizhang/ingest/receipt"
	"taizhang/ingest/template"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/durable"
	"taizhang/internal/pipeline"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
)

func (a *app) formsTemplateCmd() *cobra.Command {
	var output, submitter string
	var due bool
	c := &cobra.Command{
		Use:   "template FORM...",
		Short: "Write a fill-in workbook",
		Long: "Writes a workbook with a sheet for each FORM to fill in: drop-down lists, checks, notes, an example.\n" +
			"With --due it holds every form that the submitter owes, each with the period that is due next and the rows to carry on:\n" +
			"of a ledger those that count now, of other forms those handed in for the same period.",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case due && submitter == "":
				return usagef("--due needs --submitter")
			case !due && len(args) == 0:
				return usagef("which form? See: taizhang forms list; or give --submitter and --due")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			set, z, err := a.formSet()
			if err != nil {
				return err
			}
			t := &templates{a: a, set: set, z: z, due: due}
			if z == nil && due {
				return usagef("--due needs a zone: --zone DIR")
			}
			if z != nil {
				point, err := a.point(z.Location)
				if err != nil {
					return err
				}
				if t.on = point.AsOf; !t.on.Valid() {
					t.on = z.Today(a.now())
				}
			}
			if z != nil && submitter != "" {
				s, ok := z.Match(submitter)
				if !ok {
					return usagef("no such submitter: %s", submitter)
				}
				t.submitter, submitter = s, s.Name
			}
			content, titles, err := t.write(cmd.Context(), args, submitter)
			if err != nil {
				return err
			}
			if output == "" {
				output = zone.SafeName("模板_" + strings.Join(titles, "_") + ".xlsx")
				if due {
					output = zone.SafeName("报送表_" + submitter + ".xlsx")
				}
			}
			if err := durable.WriteBytes(output, 0o644, content); err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.out, output)
			return err
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", "file to write")
	c.Flags().StringVar(&submitter, "submitter", "", "fill in the unit")
	c.Flags().BoolVar(&due, "due", false, "every form the unit owes, with the period due next and the rows to carry on")
	return c
}

// templates makes one workbook of templates.
type templates struct {
	a         *app
	set       *forms.Set
	z         *pipeline.Zone // nil outside a zone
	submitter zone.Submitter // of no code where none is asked for
	due       bool
	on        calendar.Date     // the business day whose next due periods are filled in
	prefill   *template.Prefill // nil where nothing was received yet
}

func (t *templates) write(ctx context.Context, names []string, unit string) (content []byte, titles []string, err error) {
	wanted, err := t.wanted(names)
	if err != nil {
		return nil, nil, err
	}
	zoneName := ""
	var directory []receipt.Enterprise
	if t.z != nil {
		zoneName = t.z.Name
		done, err := t.open(ctx)
		if err != nil {
			return nil, nil, err
		}
		defer done()
	}
	if t.prefill != nil {
		if directory, err = t.prefill.Directory(ctx); err != nil {
			return nil, nil, err
		}
	}
	var sheets []receipt.TemplateForm
	for _, f := range wanted {
		s := template.Of(f)
		t.units(&s)
		if t.due {
			p := t.z.PeriodFor(t.submitter.Code, f.ID, f.Frequency, t.on)
			s.Period = p.String()
			if t.prefill != nil {
				if s.Rows, err = t.prefill.Rows(f, t.submitter.Code, p); err != nil {
					return nil, nil, err
				}
			}
		}
		sheets = append(sheets, s)
		titles = append(titles, f.PlainTitle())
	}
	content, err = receipt.Template(sheets, directory, zoneName, unit)
	return content, titles, err
}

// units lets cells that name a unit choose among the zone's.
func (t *templates) units(s *receipt.TemplateForm) {
	if t.z == nil {
		return
	}
	for i := range s.Columns {
		c := &s.Columns[i]
		if c.Type != string(forms.Unit) {
			continue
		}
		for _, u := range t.z.Submitters {
			if c.Field != "street" || u.Kind == zone.Street {
				c.List = append(c.List, u.Name)
			}
		}
	}
}

// wanted are the forms asked for, else those that the submitter owes.
func (t *templates) wanted(names []string) ([]*forms.Form, error) {
	var out []*forms.Form
	for _, name := range names {
		f := t.set.Lookup(name)
		if f == nil {
			return nil, usagef("no such form: %s; see: taizhang forms list", name)
		}
		if t.due && !t.z.Owes(t.submitter.Code, f.ID) {
			return nil, usagef("%s does not hand in %s", t.submitter.Name, f.Title)
		}
		out = append(out, f)
	}
	if len(out) > 0 {
		return out, nil
	}
	for _, f := range t.set.Forms {
		if t.z.Owes(t.submitter.Code, f.ID) {
			out = append(out, f)
		}
	}
	if len(out) == 0 {
		return nil, usagef("%s owes nothing by taizhang.yaml", t.submitter.Name)
	}
	return out, nil
}

// open opens what was received so far; a zone that has published nothing yet has nothing to fill in.
func (t *templates) open(ctx context.Context) (done func(), err error) {
	path, err := warehouse.Newest(t.z.Published())
	if errors.Is(err, os.ErrNotExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	db, err := warehouse.ReadOnly(path, warehouse.Options{TimeZone: t.z.Timezone})
	if err != nil {
		return nil, err
	}
	in, err := t.z.CheckIntake()
	if err == nil {
		var originals *archive.Archive
		if originals, err = archive.View(t.z.Archive()); err == nil {
			t.prefill, err = in.Prefill(ctx, db, originals)
		}
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return func() { db.Close() }, nil
}
