package layout

import "taizhang/ingest/sheet"

// Continued is a sheet without a head whose rows fit the columns of a table.
type Continued struct {
	Rows  int
	First sheet.Cell // of the first such row
}

// Continues says whether most rows of a page without a head are rows of data under a table's head: each required column
// filled, with a value of the kind that its column asks for.
func (l *Reader) Continues(p *Page, t *Table) (c Continued, ok bool) {
	for _, h := range t.Heads {
		at, rows := place(h), 0
		down, _ := fillDown(p, 0)
		c = Continued{}
		for i := range p.Rows {
			l.Alive()
			row := p.Row(i)
			if BlankRow(row) {
				continue
			}
			rows++
			s := rowSeen{v: l.Vocab, units: l.Units, p: p, row: row, h: h, at: at, down: down, seen: 1}
			if s.look(); s.full() && s.certain {
				if c.Rows++; c.Rows == 1 {
					c.First = FirstText(row)
				}
			}
		}
		if c.Rows > 0 && c.Rows*2 >= rows {
			return c, true
		}
	}
	return Continued{}, false
}
