package layout

import (
	"slices"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
)

// Constants are values that a return's identity gives to columns which its table lacks.
type Constants struct {
	Month  string // of a month's return: which one
	Street string // of a street's return: its name
}

// supply fills missing columns of one block of a table with what is known otherwise.
func (tb *Table) supply(block int, by Constants) (said Notes) {
	h := tb.Heads[block]
	for i := 0; i < len(h.missing); i++ {
		c := h.missing[i]
		known := ""
		switch {
		case tb.carried[c.Field] && c.Type == forms.Month && c.Field == h.Form.OwnDate && by.Month != "": // the rows above the first section
			h.missing = slices.Delete(slices.Clone(h.missing), i, i+1)
			i--
			tb.fill(block, c, by.Month)
			continue
		case tb.carried[c.Field]:
			h.missing = slices.Delete(slices.Clone(h.missing), i, i+1)
			i--
			continue
		case c.Type == forms.Month && c.Field == h.Form.OwnDate:
			known = by.Month
		case c.Type == forms.Unit && c.Field == "street":
			known = by.Street
		}
		if known == "" {
			continue
		}
		h.missing = slices.Delete(slices.Clone(h.missing), i, i+1)
		i--
		tb.fill(block, c, known)
		said.add(finding.FromIdentity(c.Title, known).At(finding.Place{Sheet: tb.Grid.Name, Field: c.Field}))
	}
	return said
}

// fill gives the lines of one block that have nothing for a column what is known of it.
func (tb *Table) fill(block int, c *forms.Column, known string) {
	for j := range tb.Lines {
		l := &tb.Lines[j]
		for q := range l.At {
			if l.Block != block || l.At[q].Field != c {
				continue
			}
			if old := l.Cell(q); old.Kind == sheet.Empty {
				l.setCell(q, sheet.Cell{Row: l.N, Kind: sheet.Text, Text: known})
			}
		}
	}
}
