package layout

import (
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
)

// Continued is a sheet without a head whose rows fit the columns of a table.
type Continued struct {
	Rows  int
	First sheet.Cell // of the first such row
}

// Continues says whether most rows of a page without a head are rows of data under a table's head: each required column
// filled, with a value of the kind that its column asks for.
func (l *Reader) Continues(p *heading.Page, t *Table) (c Continued, ok bool) {
	for _, h := range t.Heads {
		at, rows := h.ByField(), 0
		down, _ := rowkind.FillDown(p, 0)
		c = Continued{}
		for i := range p.Rows {
			l.Alive()
			row := p.Row(i)
			if sight.BlankRow(row) {
				continue
			}
			rows++
			s := rowkind.Seen{Vocab: l.Vocab, Units: l.Units, Page: p, Row: row, Head: h, At: at, Down: down, Before: 1}
			if s.Look(); s.Full() && s.Certain {
				if c.Rows++; c.Rows == 1 {
					c.First = sight.FirstText(row)
				}
			}
		}
		if c.Rows > 0 && c.Rows*2 >= rows {
			return c, true
		}
	}
	return Continued{}, false
}
