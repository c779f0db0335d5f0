package papers

import (
	"taizhang/internal/onepage"
	"taizhang/internal/workbook"
	"taizhang/queries/weekly"
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
					p.Coverage += x.Text
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
					p.Charts = append(p.Charts, weekly.ChartOf(c, tables[c.Table]))
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
		Label: f.Label, Value: f.Value.Show(), Detail: f.Detail, Last: f.Last.Show(), Change: f.Change.Show(),
		Target: f.Target.Show(), Light: onepage.Light(f.Light),
	}
	switch f.Tone {
	case workbook.Better:
		c.Tone = onepage.Better
	case workbook.Worse:
		c.Tone = onepage.Worse
	}
	return c
}
