package papers

import (
	"fmt"
	"math"

	"taizhang/internal/onepage"
	"taizhang/internal/workbook"
)

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
