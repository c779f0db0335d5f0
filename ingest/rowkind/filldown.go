package rowkind

import (
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
)

// FillDown maps the cells covered by vertical merges below a row to the value they share, and gives these merges by
// their first cell.
func FillDown(p *heading.Page, below int) (map[[2]int]sheet.Cell, map[[2]int]sheet.Range) {
	out, spans := map[[2]int]sheet.Cell{}, map[[2]int]sheet.Range{}
	byRow := map[int]*sheet.Row{}
	for _, m := range p.Merged {
		if m.Bottom <= m.Top || m.Top <= below {
			continue
		}
		if len(byRow) == 0 {
			for i := range p.Rows {
				byRow[p.Rows[i].N] = p.Row(i)
			}
		}
		top := byRow[m.Top]
		if top == nil {
			continue
		}
		c := sight.CellIn(top, m.Left)
		if c == nil || m.Bottom-m.Top > 100000 {
			continue
		}
		spans[[2]int{m.Top, m.Left}] = m
		for r := m.Top + 1; r <= m.Bottom; r++ {
			out[[2]int{r, m.Left}] = *c
		}
	}
	return out, spans
}
