package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/ingest/forms"
	"taizhang/ingest/receipt"
	"taizhang/internal/pipeline"
	"taizhang/internal/zone"
	"taizhang/queries"
)

func (a *app) formsCmd() *cobra.Command {
	c := &cobra.Command{Use: "forms", Short: "List the forms, write a fill-in template, check a declaration"}
	list := &cobra.Command{
		Use:   "list",
		Short: "List the forms and who owes them",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			set, z, err := a.formSet()
			if err != nil {
				return err
			}
			var records []queries.Record
			for _, f := range set.Forms {
				var from []string
				if z != nil {
					for _, s := range z.Submitters {
						if z.Owes(s.Code, f.ID) {
							from = append(from, s.Name)
						}
					}
				}
				records = append(records, queries.Record{{Key: "form", Value: f.ID}, {Key: "title", Value: f.Title}, {Key: "mode", Value: string(f.Mode)},
					{Key: "frequency", Value: f.Frequency.String()}, {Key: "columns", Value: int64(len(f.Columns))}, {Key: "from", Value: strings.Join(from, "、")}})
			}
			return a.print(records)
		},
	}
	var output, submitter string
	template := &cobra.Command{
		Use:   "template FORM...",
		Short: "Write a fill-in workbook",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			set, z, err := a.formSet()
			if err != nil {
				return err
			}
			var wanted []receipt.TemplateForm
			var titles []string
			for _, name := range args {
				f := set.Lookup(name)
				if f == nil {
					return usagef("no such form: %s; see: taizhang forms list", name)
				}
				wanted = append(wanted, templateOf(f))
				titles = append(titles, f.PlainTitle())
			}
			zoneName, unit := "", submitter
			if z != nil {
				zoneName = z.Name
				if s, ok := z.Match(submitter); ok {
					unit = s.Name
				} else if submitter != "" {
					return usagef("no such submitter: %s", submitter)
				}
			}
			content, err := receipt.Template(wanted, zoneName, unit)
			if err != nil {
				return err
			}
			if output == "" {
				output = zone.SafeName("模板_" + strings.Join(titles, "_") + ".xlsx")
			}
			if err := pipeline.WriteBytes(output, 0o644, content); err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.out, output)
			return err
		},
	}
	template.Flags().StringVarP(&output, "output", "o", "", "file to write")
	template.Flags().StringVar(&submitter, "submitter", "", "fill in the unit")
	check := &cobra.Command{
		Use:   "check FILE",
		Short: "Check a form declaration (YAML)",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			f, err := forms.Parse(args[0], text)
			if err != nil {
				return usageError{err}
			}
			_, err = fmt.Fprintf(a.out, "%s %s: %d columns, %d rules\n", f.ID, f.Title, len(f.Columns), len(f.Rules))
			return err
		},
	}
	dictionary := &cobra.Command{
		Use:   "dictionary",
		Short: "Print the data dictionary of all forms (Markdown)",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			set, _, err := a.formSet()
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(a.out, set.Dictionary())
			return err
		},
	}
	c.AddCommand(list, template, check, dictionary)
	return c
}

// formSet gives the zone's forms, or the built-in ones outside a zone.
func (a *app) formSet() (*forms.Set, *zone.Zone, error) {
	if isZone(a.zoneDir) {
		z, err := a.zone()
		if err != nil {
			return nil, nil, err
		}
		return z.Forms, z.Zone, nil
	}
	set, err := forms.Load()
	return set, nil, err
}

// templateOf is a form as the template's writer takes it.
func templateOf(f *forms.Form) receipt.TemplateForm {
	t := receipt.TemplateForm{ID: f.ID, Title: f.Title, Version: "1"}
	for _, c := range f.Columns {
		col := receipt.TemplateColumn{Title: c.Title, Type: string(c.Type), Required: c.Required}
		for _, v := range c.Values {
			col.List = append(col.List, v.Name)
		}
		if c.Type == forms.Money {
			col.Unit = "万元"
		}
		if c.OpenEnded != nil {
			col.List = c.OpenEnded.Words
		}
		t.Columns = append(t.Columns, col)
	}
	return t
}
