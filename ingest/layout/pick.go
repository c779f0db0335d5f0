package layout

import (
	"slices"

	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// place spreads a head's columns over the form's fields.
func place(h *Head) []Placed {
	at := make([]Placed, len(h.Form.Columns))
	for i := range h.Form.Columns {
		at[i].Field = &h.Form.Columns[i]
		if c := h.Column(h.Form.Columns[i].Field); c != nil {
			at[i] = *c
		}
	}
	return at
}

func sameColumns(a, b *Head) bool {
	real := func(h *Head) (n int) {
		for _, c := range h.Columns {
			if c.Col > 0 {
				n++
			}
		}
		return n
	}
	if real(a) != real(b) {
		return false
	}
	for i := range a.Columns {
		o := b.Column(a.Columns[i].Field.Field)
		if o == nil || o.Col != a.Columns[i].Col || o.Unit != a.Columns[i].Unit || o.HasUnit != a.Columns[i].HasUnit || o.Scale != a.Columns[i].Scale || o.parts != a.Columns[i].parts {
			return false
		}
	}
	return true
}

// pick takes the cells of a row by field, in into where it has room; of a line also through vertical merges, 同上 and section rows.
func (r *tableReader) pick(into []sheet.Cell, row *sheet.Row, isLine bool) []sheet.Cell {
	cells := slices.Grow(into[:0], len(r.at))[:len(r.at)]
	clear(cells)
	var above *Line
	if n := len(r.t.Lines); n > 0 && isLine {
		above = &r.t.Lines[n-1]
	}
	for k := range r.at {
		col, f := r.at[k].Col, r.at[k].Field
		if col == 0 {
			v := r.at[k].konst
			if c, ok := r.carry[k]; ok && (c.value != "" || v == "") {
				v = c.value
			}
			if v != "" && isLine {
				cells[k] = sheet.Cell{Row: row.N, Kind: sheet.Text, Text: v}
			}
			continue
		}
		if r.at[k].ticks != nil {
			if c := r.at[k].ticked(row); c != nil {
				cells[k], col = *c, c.Col
			}
		} else if r.at[k].parts.some() {
			var last *sheet.Cell
			if above != nil {
				c := above.Cell(k)
				last = &c
			}
			cells[k] = r.at[k].parts.cell(row, r.down, last)
		} else if c := CellIn(row, col); c != nil {
			if !isPrompt(c) {
				cells[k] = *c
			}
		} else if isLine { // one amount over several rows is not the amount of each
			if c, ok := r.down[[2]int{row.N, col}]; ok && !isNumber(f) {
				cells[k] = c
			}
		}
		if b := r.at[k].before; b > 0 && (!filled(&cells[k]) || noValue[written.Heading(cells[k].Text)]) {
			if c := CellIn(row, b); present(c) {
				cells[k], col = *c, b
			}
		}
		cells[k].Row, cells[k].Col = row.N, col
		if above != nil && cells[k].Kind == sheet.Text && maySayAbove.In(cells[k].Text) && sameAbove[written.Tidy(cells[k].Text)] {
			cells[k] = above.Cell(k)
			cells[k].Row, cells[k].Col = row.N, col
		}
		if u := r.at[k].unitCol; u > 0 {
			r.withUnit(&cells[k], row, u)
		}
	}
	return cells
}

// fillDown maps the cells covered by vertical merges below a row to the value they share, and gives these merges by
// their first cell.
func fillDown(p *Page, below int) (map[[2]int]sheet.Cell, map[[2]int]sheet.Range) {
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
		c := CellIn(top, m.Left)
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
