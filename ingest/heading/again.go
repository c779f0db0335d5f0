package heading

import (
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// isHeading says whether a text is one of the form's headings; answers are kept, since columns repeat few texts.
func (p *Page) isHeading(ns names, text string) bool {
	if known, ok := p.known[text]; ok {
		return known
	}
	known := false
	keys, _, _ := written.HeadingForms(text)
	for _, k := range append(keys, written.CountedNames(text)...) {
		if _, ok := ns[k]; ok {
			known = true
			break
		}
	}
	if len(p.known) < 4096 {
		p.known[text] = known
	}
	return known
}

// LooksLikeHead says whether a row of texts repeats the form's headings.
func (v *Vocabulary) LooksLikeHead(p *Page, row *sheet.Row, f *forms.Form, fields int) bool {
	ns := v.names[f.ID]
	hits := 0
	for _, c := range row.Cells {
		switch {
		case c.Kind == sheet.Date:
			return false
		case c.Kind == sheet.Text && len(c.Text) <= 60 && p.isHeading(ns, c.Text):
			hits++
		}
	}
	return hits >= 3 && hits*2 >= min(fields, len(row.Cells))
}

// MayBeHead is a quick test: a row of three or more texts, most of them headings that some form knows.
func (v *Vocabulary) MayBeHead(row *sheet.Row) bool {
	texts, hits := 0, 0
	for i := range row.Cells {
		c := &row.Cells[i]
		switch {
		case c.Kind == sheet.Date || c.Kind == sheet.Number:
			return false
		case c.Kind == sheet.Text && c.Text != "":
			if len(c.Text) > 90 {
				return false
			}
			texts++
		}
	}
	if texts < 3 {
		return false
	}
	for i := range row.Cells {
		if c := &row.Cells[i]; c.Kind == sheet.Text && v.IsWord(c.Text) {
			hits++
		}
	}
	return hits >= 3 && hits*10 >= texts*6
}
