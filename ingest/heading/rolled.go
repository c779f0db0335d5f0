package heading

import (
	"slices"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
)

// Rolled is a cell under a 累计 heading.
type Rolled struct {
	K    int // column of the form
	Cell sheet.Cell
}

// RolledUp takes the cells of a row that stand under 累计 headings.
func (h *Head) RolledUp(row *sheet.Row) []Rolled {
	var out []Rolled
	for _, p := range h.Rollups {
		k := slices.IndexFunc(h.Form.Columns, func(c forms.Column) bool { return c.Field == p.Field.Field })
		if c := sight.CellIn(row, p.Col); c != nil && sight.Filled(c) && (p.Field.Type == forms.Money || p.Field.Type == forms.Int) {
			out = append(out, Rolled{k, *c})
		}
	}
	return out
}
