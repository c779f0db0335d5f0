package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/ingest/forms"
	"taizhang/ingest/receipt"
	"taizhang/ingest/template"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
	"taizhang/queries"
)

func (a *app) formsTemplateCmd() *cobra.Command {
	var output string
	var submitters []string
	var due, overwrite bool
	c := &cobra.Command{
		Use:   "template FORM...",
		Short: lang.Phrase("Write a fill-in workbook", "生成填报模板"),
		Long: lang.Phrase("Writes a workbook with a sheet for each FORM to fill in: drop-down lists, checks, notes, an example.\n"+
			"With --due it holds every form that the submitter owes, each with the period that is asked for (overdue and not handed in yet,\n"+
			"else due next) and the rows to carry on: of a ledger those that count now, of other forms those handed in for the same period.\n"+
			"--submitter may name several units, or all, streets, departments: each gets a workbook of its own, in the folder -o.\n"+
			"A file that is there already is kept unless --overwrite is given.",
			"生成填报工作簿，每个表样一张工作表，带下拉选项、校验、填表说明和示例。\n"+
				"加 --due 时包含该单位应报的全部表样，注明报送期（先是逾期未报的，再是下一期），\n"+
				"并预填要延续的内容：台账预填现在计入的各行，其他表预填同一报送期已报的各行。\n"+
				"--submitter 可以写多个单位，也可以写 all、streets、departments：每个单位一个工作簿，放在 -o 指定的文件夹。\n"+
				"已存在的文件保留不动，除非加 --overwrite。"),
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case due && len(submitters) == 0:
				return usagef("--due needs --submitter", "--due 需要同时写 --submitter")
			case !due && len(args) == 0:
				return usagef("which form? See: taizhang forms list; or give --submitter and --due", "哪个表样？表样见：taizhang forms list；或写 --submitter 和 --due")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			set, z, err := a.formSet()
			if err != nil {
				return err
			}
			t := &templates{a: a, set: set, z: z, due: due, on: calendar.Of(a.now())}
			if z == nil && due {
				return usagef("--due needs a zone: --zone DIR", "--due 需要指定园区：--zone 文件夹")
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
			units, err := t.submitters(submitters)
			if err != nil {
				return err
			}
			if len(units) > 1 || isFolder(output) || output != "" && os.IsPathSeparator(output[len(output)-1]) {
				return t.writeAll(cmd.Context(), args, units, cmp.Or(output, "."), overwrite)
			}
			return t.writeOne(cmd.Context(), args, units[0], output, overwrite)
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", lang.Phrase("file to write; of several units the folder", "写入的文件；多个单位时为文件夹"))
	c.Flags().StringSliceVar(&submitters, "submitter", nil, lang.Phrase("fill in the unit; may be repeated, or all, streets, departments", "预填填报单位；可写多次，也可写 all、streets、departments"))
	c.Flags().BoolVar(&due, "due", false, lang.Phrase("every form the unit owes, with the period asked for and the rows to carry on", "该单位应报的全部表样，带报送期和要延续的内容"))
	c.Flags().BoolVar(&overwrite, "overwrite", false, lang.Phrase("replace files that are there already", "替换已存在的文件"))
	return c
}

// submitters are the units asked for, in 机构序列; one without a code where none is.
func (t *templates) submitters(names []string) ([]zone.Submitter, error) {
	if len(names) == 0 {
		return []zone.Submitter{{}}, nil
	}
	if t.z == nil { // outside a zone any name will do
		var out []zone.Submitter
		for _, n := range names {
			out = append(out, zone.Submitter{Name: n})
		}
		return out, nil
	}
	wanted := map[string]bool{}
	for _, n := range names {
		kind := map[string]zone.Kind{"streets": zone.Street, "departments": zone.Department}[n]
		if n == "all" || kind != "" {
			for _, s := range t.z.Submitters {
				if (kind == "" || s.Kind == kind) && (!s.Until.Valid() || t.on <= s.Until) {
					wanted[s.Code] = true
				}
			}
			continue
		}
		s, ok := t.z.Match(n)
		if !ok {
			return nil, noSuchUnit(t.z, n)
		}
		wanted[s.Code] = true
	}
	var out []zone.Submitter
	for _, s := range t.z.Submitters {
		if wanted[s.Code] {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil, usagef("no unit is one of: %s", "没有一个单位属于：%s", strings.Join(names, ", "))
	}
	return out, nil
}

// writeOne writes the workbook of one unit, or of none.
func (t *templates) writeOne(ctx context.Context, args []string, unit zone.Submitter, path string, overwrite bool) error {
	t.submitter = unit
	content, titles, err := t.write(ctx, args)
	if err != nil {
		return err
	}
	if path == "" {
		path = t.fileName(titles)
	}
	return t.put(path, content, overwrite)
}

// writeAll writes a workbook for each unit into a folder. Units that owe nothing are named.
func (t *templates) writeAll(ctx context.Context, args []string, units []zone.Submitter, dir string, overwrite bool) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	written := 0
	var failed error
	for _, unit := range units {
		t.submitter = unit
		owed := args
		if t.due {
			if owed = t.owed(args); len(owed) == 0 {
				t.a.tell("%s owes nothing of that by taizhang.yaml: no template", "%s按 taizhang.yaml 不用报送：不生成模板", unit.Name)
				continue
			}
		}
		content, titles, err := t.write(ctx, owed)
		if err != nil {
			return err
		}
		name := t.fileName(titles)
		if !t.due && unit.Name != "" {
			name = zone.SafeName(strings.TrimSuffix(name, ".xlsx") + "_" + unit.Name + ".xlsx")
		}
		if err := t.put(filepath.Join(dir, name), content, overwrite); err != nil {
			failed = errors.Join(failed, err) // the other units get theirs
			continue
		}
		written++
	}
	if failed == nil && written == 0 {
		return usagef("none of these units owes anything by taizhang.yaml", "按 taizhang.yaml，这些单位都没有应报的报表")
	}
	return failed
}

func (t *templates) fileName(titles []string) string {
	if t.due {
		return zone.TemplateName(t.submitter.Name)
	}
	return zone.SafeName("模板_" + strings.Join(titles, "_") + ".xlsx")
}

// put writes a workbook unless somebody's is there under its name: it may be half filled in.
func (t *templates) put(path string, content []byte, overwrite bool) error {
	if _, err := os.Lstat(path); err == nil && !overwrite {
		return usagef("%s is there already and may be filled in: give another name with -o, or --overwrite", "%s 已存在，可能已填写：请用 -o 换个文件名，或加 --overwrite 覆盖", path)
	}
	if err := durable.WriteBytes(path, 0o644, content); err != nil {
		return err
	}
	_, err := fmt.Fprintln(t.a.out, path)
	return err
}

// owed are the forms that the unit owes, of those named where some are. A name that is no form is kept, to be refused.
func (t *templates) owed(names []string) []string {
	if len(names) == 0 {
		for _, f := range t.set.Forms {
			names = append(names, f.ID)
		}
	}
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		f := t.set.Lookup(n)
		return f != nil && !t.z.Owes(t.submitter.Code, f.ID)
	})
}

// templates makes one workbook of templates.
type templates struct {
	a         *app
	set       *forms.Set
	z         *office.Zone   // nil outside a zone
	submitter zone.Submitter // of no code where none is asked for
	due       bool
	on        calendar.Date              // the business day whose next due periods are filled in
	asked     map[string]calendar.Period // by submitter's name and form: what is overdue and not handed in
	prefill   *template.Prefill          // nil where nothing was received yet
}

func (t *templates) write(ctx context.Context, names []string) (content []byte, titles []string, err error) {
	wanted, err := t.wanted(names)
	if err != nil {
		return nil, nil, err
	}
	var office receipt.Office
	var directory []template.Enterprise
	if t.z != nil {
		office = receipt.Office{Zone: t.z.Name, Contact: t.z.Contact}
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
	var sheets []template.Form
	for _, f := range wanted {
		s := template.Of(f)
		t.units(&s)
		s.Day = f.Frequency.Of(t.on).Start
		if t.due {
			p, overdue := t.asked[t.submitter.Name+"/"+f.ID]
			if !overdue {
				p = t.z.PeriodFor(t.submitter.Code, f.ID, f.Frequency, t.on)
				if _, owed := t.z.DueAt(t.submitter.Code, f.ID, p); !owed { // a zone of this week owes nothing for the last
					if _, next := t.z.DueAt(t.submitter.Code, f.ID, p.Next()); next {
						p = p.Next()
					}
				}
			}
			s.Period, s.Day = p.Chinese(), p.Start
			if t.prefill != nil {
				if s.Rows, err = t.prefill.Rows(f, t.submitter.Code, p); err != nil {
					return nil, nil, err
				}
			}
		}
		sheets = append(sheets, s)
		titles = append(titles, f.PlainTitle())
	}
	content, err = template.Write(sheets, directory, office, t.submitter.Name)
	return content, titles, err
}

// units lets cells that name a unit choose among the zone's.
func (t *templates) units(s *template.Form) {
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
			return nil, noSuchForm(t.set, name)
		}
		if t.due && !t.z.Owes(t.submitter.Code, f.ID) {
			return nil, usagef("%s does not hand in %s", "%s不报送%s", t.submitter.Name, f.Title)
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
		return nil, usagef("%s owes nothing by taizhang.yaml", "按 taizhang.yaml，%s没有应报的报表", t.submitter.Name)
	}
	return out, nil
}

// open opens what was received so far; a zone that has published nothing yet has nothing to fill in.
func (t *templates) open(ctx context.Context) (done func(), err error) {
	path, err := t.a.published(t.z)
	if errors.Is(err, os.ErrNotExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	if t.due && t.asked == nil {
		if err := t.overdue(ctx); err != nil {
			return nil, err
		}
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

// overdue notes what reminders ask for: what is due and was not handed in, or sent back.
func (t *templates) overdue(ctx context.Context) error {
	r, err := t.a.readerOf(t.z)
	if err != nil {
		return err
	}
	defer r.Close()
	point, err := t.a.point(t.z.Location)
	if err != nil {
		return err
	}
	list, err := r.Status(ctx, queries.StatusAsk{Point: point})
	if err != nil {
		return err
	}
	t.asked = map[string]calendar.Period{}
	for _, s := range list {
		if state := s.Get("state"); state != "missing" && state != "rejected" {
			continue
		}
		if p, err := calendar.ParsePeriod(fmt.Sprint(s.Get("period"))); err == nil {
			t.asked[fmt.Sprint(s.Get("submitter"))+"/"+fmt.Sprint(s.Get("form"))] = p
		}
	}
	return nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
