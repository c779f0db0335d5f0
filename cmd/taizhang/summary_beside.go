package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"taizhang/internal/official"
	"taizhang/internal/onepage"
	"taizhang/internal/workbook"
	"taizhang/internal/zone"
	"taizhang/queries/weekly"
)

// issueBeside issues what goes out with the workbook. One paper that fails doesn't keep the others back.
func (a *app) issueBeside(ctx context.Context, d *desk, w *weekly.Issue, o summaryOptions) error {
	known := d.point.KnownAt.In(d.z.Location)
	var faults []error
	fresh := map[string][]string{} // by kind
	var kinds []string
	put := func(kind, base, suffix string, content any, write func(io.Writer) error) {
		hash, err := hashOf(content, known)
		if err == nil {
			var path string
			var isNew bool
			if path, isNew, err = d.issue(kind, base, suffix, hash, write); isNew {
				if fresh[kind] == nil {
					kinds = append(kinds, kind)
				}
				fresh[kind] = append(fresh[kind], path)
			}
		}
		if err != nil {
			faults = append(faults, err)
		}
	}
	date := d.point.AsOf.String()
	report := reportOf(w, d)
	put("report", fmt.Sprintf("%s周报_截至%s", zone.SafeName(d.z.Name), date), ".docx", withoutTime(report), report.Document().Write)
	for _, r := range remindersOf(w, d) {
		put("reminder", fmt.Sprintf("督办单_%s_截至%s", zone.SafeName(r.Unit), date), ".docx", withoutTimeReminder(r), r.Document().Write)
	}
	if page, ok := pageOf(w.Book); ok {
		put("page", "一页通_截至"+date, ".html", page, page.Write)
		if o.pdf {
			put("pdf", "一页通_截至"+date, ".pdf", page, func(out io.Writer) error {
				err := page.PDF(ctx, out)
				if errors.Is(err, onepage.ErrNoConverter) {
					return fmt.Errorf("--pdf: %w; open the .html file and print it", err)
				}
				return err
			})
		}
	}
	for _, x := range w.Extracts {
		content := x.Book
		content.Props = workbook.Props{}
		put("extract", fmt.Sprintf("by-submitter/%s_截至%s", zone.SafeName(x.Unit), date), ".xlsx", content, x.Book.Write)
	}
	for _, kind := range kinds {
		paths := fresh[kind]
		for _, path := range paths[:min(len(paths), 3)] {
			a.say("%s", path)
		}
		if n := len(paths) - 3; n > 0 {
			a.say("… and %d more like that", n)
		}
	}
	return errors.Join(faults...)
}

func reportOf(w *weekly.Issue, d *desk) official.Report {
	return official.Report{
		Title: w.Book.Title, Subtitle: "（截至" + w.AsOf + "）", Text: w.Text,
		Signature: official.Signature{Unit: w.Signature, Date: w.AsOf},
		Props:     official.Props{Creator: "taizhang " + version, Subject: "截至" + w.AsOf, Created: d.point.KnownAt},
	}
}

// remindersOf are the 督办单, a unit each, in 机构序列.
func remindersOf(w *weekly.Issue, d *desk) []official.Reminder {
	var out []official.Reminder
	for _, o := range w.Overdue {
		if len(out) == 0 || out[len(out)-1].Unit != o.Unit {
			out = append(out, official.Reminder{
				Unit: o.Unit, AsOf: w.AsOf, Signature: official.Signature{Unit: w.Signature, Date: w.AsOf, Sealed: true},
				Props: official.Props{Creator: "taizhang " + version, Subject: "督办单", Created: d.point.KnownAt},
			})
		}
		r := &out[len(out)-1]
		r.Items = append(r.Items, official.Item{
			Ledger: o.Ledger, No: o.No, Matter: o.Matter, Assigned: o.Assigned, Deadline: o.Deadline, Days: o.Days, Progress: o.Progress,
		})
	}
	return out
}

func withoutTime(r official.Report) official.Report { r.Props = official.Props{}; return r }

func withoutTimeReminder(r official.Reminder) official.Reminder { r.Props = official.Props{}; return r }

// pageOf is the first sheet with cards as a page.
func pageOf(b workbook.Book) (onepage.Page, bool) {
	tables := map[string]workbook.Table{}
	for _, s := range b.Sheets {
		for _, block := range s.Blocks {
			if t, ok := block.(workbook.Table); ok {
				tables[t.ID] = t
			}
		}
	}
	for _, s := range b.Sheets {
		p, ok := onepage.Page{}, false
		for _, block := range s.Blocks {
			switch x := block.(type) {
			case workbook.Title:
				p.Title, p.Subtitle = x.Text, x.Sub
			case workbook.Heading:
				if !ok {
					p.Lead.Heading = x.Text // before the cards: what needs attention
				} else {
					p.Heading = x.Text
				}
			case workbook.Note:
				switch {
				case x.Strong:
					p.Coverage = x.Text
				case x.Small:
					p.Footer = x.Text
				case !ok:
					p.Lead.Sentences = append(p.Lead.Sentences, onepage.Sentence{Text: x.Text, Light: onepage.Light(x.Light)})
				default:
					p.Sentences = append(p.Sentences, trimMark(x.Text))
				}
			case workbook.Box:
				p.Box = x.Label
			case workbook.Figures:
				ok = true
				for _, f := range x.Items {
					p.Cards = append(p.Cards, cardOf(f))
				}
			case workbook.Charts:
				for _, c := range x.Items {
					p.Charts = append(p.Charts, chartOf(c, tables[c.Table]))
				}
			}
		}
		if ok {
			return p, true
		}
	}
	return onepage.Page{}, false
}

func trimMark(s string) string {
	const mark = "· "
	if len(s) > len(mark) && s[:len(mark)] == mark {
		return s[len(mark):]
	}
	return s
}

func cardOf(f workbook.Figure) onepage.Card {
	c := onepage.Card{
		Label: f.Label, Value: f.Value.Show(), Detail: f.Detail, Last: trimWord(f.Last.Show(), "上周 "), Change: f.Change.Show(),
		Target: trimWord(f.Target.Show(), "目标 "), Light: onepage.Light(f.Light),
	}
	switch f.Tone {
	case workbook.Better:
		c.Tone = onepage.Better
	case workbook.Worse:
		c.Tone = onepage.Worse
	}
	return c
}

func trimWord(s, word string) string {
	if len(s) >= len(word) && s[:len(word)] == word {
		return s[len(word):]
	}
	return s
}

var pageKinds = map[workbook.ChartKind]onepage.Kind{
	workbook.Columns: onepage.Bar, workbook.Stacked: onepage.Bar, workbook.Bars: onepage.Lying, workbook.Lines: onepage.Line, workbook.Funnel: onepage.Funnel,
}

// chartOf takes a chart's values out of its table.
func chartOf(c workbook.Chart, t workbook.Table) onepage.Chart {
	out := onepage.Chart{Title: c.Title, Kind: pageKinds[c.Kind]}
	rows := t.Rows
	if c.LastN > 0 && len(rows) > c.LastN {
		rows = rows[len(rows)-c.LastN:]
	}
	column := func(title string) (int, workbook.Column) {
		for i, col := range t.Columns {
			if col.Title == title {
				return i, col
			}
		}
		return -1, workbook.Column{}
	}
	cat, _ := column(c.Category)
	for _, r := range rows {
		label := ""
		if cat >= 0 && cat < len(r) && r[cat] != nil {
			label = fmt.Sprint(r[cat])
		}
		out.Labels = append(out.Labels, label)
	}
	for _, title := range c.Series {
		i, col := column(title)
		s := onepage.Series{Name: title}
		for _, r := range rows {
			v := math.NaN()
			if i >= 0 && i < len(r) {
				v = chartValue(r[i])
			}
			if col.Kind == workbook.Wan {
				v = math.Round(v/100) / 100
			}
			if col.Kind == workbook.Percent {
				out.Percent, out.Decimals = true, 1
			}
			if v != math.Trunc(v) && !math.IsNaN(v) && out.Decimals == 0 {
				out.Decimals = 1
			}
			s.Values = append(s.Values, v)
		}
		out.Series = append(out.Series, s)
	}
	return out
}

func chartValue(v any) float64 {
	switch x := v.(type) {
	case workbook.Cell:
		return chartValue(x.Value)
	case int64:
		return float64(x)
	case float64:
		return x
	}
	return math.NaN()
}
