package layout

import (
	"slices"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
)

// Rolled is a cell under a 累计 heading.
type Rolled struct {
	K    int // column of the form
	Cell sheet.Cell
}

// rolledUp takes the cells of a row that stand under 累计 headings.
func (h *Head) rolledUp(row *sheet.Row) []Rolled {
	var out []Rolled
	for _, p := range h.Rollups {
		k := slices.IndexFunc(h.Form.Columns, func(c forms.Column) bool { return c.Field == p.Field.Field })
		if c := CellIn(row, p.Col); c != nil && filled(c) && (p.Field.Type == forms.Money || p.Field.Type == forms.Int) {
			out = append(out, Rolled{k, *c})
		}
	}
	return out
}

// HasRollups says whether the table has columns of cumulative figures (累计).
func (t *Table) HasRollups() bool {
	return slices.ContainsFunc(t.Heads, func(h *Head) bool { return len(h.Rollups) > 0 })
}
