package papers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"taizhang/cmd/internal/office"
	"taizhang/internal/lang"
	"taizhang/internal/official"
	"taizhang/internal/onepage"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
	"taizhang/internal/zone"
	"taizhang/queries/weekly"
)

// beside stages what goes out with the workbook. One paper that fails doesn't keep the others back.
func (d *Desk) beside(ctx context.Context, b *batch, w *weekly.Issue, o Options) (fresh []Fresh, err error) {
	known := b.point.KnownAt.In(d.Zone.Location)
	var faults []error
	put := func(kind, base, suffix string, content any, write func(io.Writer) error) {
		hash, err := hashOf(content, known)
		if err == nil {
			var path string
			var isNew bool
			if path, isNew, err = b.paper(kind, base, suffix, hash, write); isNew {
				fresh = append(fresh, Fresh{kind, path})
			}
		}
		if err != nil {
			faults = append(faults, err)
		}
	}
	date := b.point.AsOf.String()
	report := d.reportOf(w, b.point)
	put(Report, fmt.Sprintf("%s周报_截至%s", zone.SafeName(d.Zone.Name), date), ".docx", withoutTime(report), report.Document().Write)
	for _, r := range d.remindersOf(w, b.point) {
		put(Reminder, fmt.Sprintf("督办单_%s_截至%s", zone.SafeName(r.Unit), date), ".docx", withoutTimeReminder(r), func(out io.Writer) error {
			r.No = fmt.Sprintf("督办〔%d〕%d号", b.point.AsOf.Year(), b.issuedOf(Reminder)+1)
			return r.Document().Write(out)
		})
	}
	if page, ok := pageOf(w.Book); ok {
		put(Page, "一页通_截至"+date, ".html", page, page.Write)
		if o.PDF {
			put(PDF, "一页通_截至"+date, ".pdf", page, func(out io.Writer) error {
				err := page.PDF(ctx, out)
				if errors.Is(err, onepage.ErrNoConverter) {
					return lang.Errorf("--pdf: %w; open the .html file and print it", "--pdf：%w；请打开 .html 文件打印", err)
				}
				return err
			})
		}
	}
	for _, x := range w.Extracts {
		content := x.Book
		content.Props = workbook.Props{}
		put(Extract, fmt.Sprintf("by-submitter/%s_截至%s", zone.SafeName(x.Unit), date), ".xlsx", content, x.Book.Write)
	}
	return fresh, errors.Join(faults...)
}

func (d *Desk) creator() string { return "taizhang " + d.Version }

func (d *Desk) reportOf(w *weekly.Issue, p warehouse.Point) official.Report {
	return official.Report{
		Title: w.Book.Title, Subtitle: "（截至" + w.AsOf + "）", Blocks: blocksOf(w.Report),
		Signature: official.Signature{Unit: w.Signature, Date: w.AsOf},
		Props:     official.Props{Creator: d.creator(), Subject: "截至" + w.AsOf, Created: p.KnownAt},
	}
}

// blocksOf are the parts of the text as a paper sets them.
func blocksOf(parts []weekly.Part) (out []official.Block) {
	for _, p := range parts {
		if p.Table == nil {
			out = append(out, official.Lines(p.Heading+p.Text)...)
			continue
		}
		t := official.Table{Title: p.Table.Title, Empty: strings.TrimSuffix(p.Table.Empty, "。")}
		for _, c := range p.Table.Columns {
			align := official.Center
			if c.Kind == workbook.Text || c.Kind == "" {
				align = official.Left
			}
			t.Columns = append(t.Columns, official.Column{Title: c.Title, Width: c.Width, Align: align})
		}
		for _, r := range p.Table.Rows {
			row := make([]string, len(p.Table.Columns))
			for i, c := range p.Table.Columns {
				if i < len(r) {
					row[i] = c.Show(r[i])
				}
			}
			t.Rows = append(t.Rows, row)
		}
		out = append(out, t)
		if p.Table.Cut { // what the table leaves out, and where that stands
			out = append(out, official.Paragraph{Text: p.Table.Note})
		}
	}
	return out
}

// replyDays is how many working days a unit has to answer a 督办单.
const replyDays = 5

// replyBy is until when a unit is to answer: 2022年8月22日.
func replyBy(z *office.Zone, p warehouse.Point) string {
	d := z.Calendar.AddWorkdays(p.AsOf, replyDays)
	return fmt.Sprintf("%d年%d月%d日", d.Year(), d.Month(), d.Day())
}

// remindersOf are the 督办单, a unit each, in 机构序列.
func (d *Desk) remindersOf(w *weekly.Issue, p warehouse.Point) []official.Reminder {
	var out []official.Reminder
	for _, o := range w.Overdue {
		if len(out) == 0 || out[len(out)-1].Unit != o.Unit {
			out = append(out, official.Reminder{
				Unit: o.Unit, AsOf: w.AsOf, ReplyBy: replyBy(d.Zone, p), Notice: w.Notice, Signature: official.Signature{Unit: w.Signature, Date: w.AsOf, Sealed: true},
				Props: official.Props{Creator: d.creator(), Subject: "督办单", Created: p.KnownAt},
			})
		}
		r := &out[len(out)-1]
		r.Items = append(r.Items, official.Item{
			Ledger: strings.NewReplacer("“", "", "”", "").Replace(o.Ledger), No: o.No, Matter: o.Matter, Assigned: o.Assigned, Deadline: o.Deadline, Days: o.Days, Progress: o.Progress, Person: o.Person,
		})
	}
	return out
}

func withoutTime(r official.Report) official.Report { r.Props = official.Props{}; return r }

func withoutTimeReminder(r official.Reminder) official.Reminder { r.Props = official.Props{}; return r }
