package layout

import (
	"slices"
	"strings"

	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

func sameColumns(a, b *heading.Head) bool {
	real := func(h *heading.Head) (n int) {
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
		if o == nil || o.Col != a.Columns[i].Col || o.Unit != a.Columns[i].Unit || o.HasUnit != a.Columns[i].HasUnit || o.Scale != a.Columns[i].Scale || o.Parts != a.Columns[i].Parts {
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
			v := r.at[k].Constant
			if c, ok := r.carry[k]; ok && (c.value != "" || v == "") {
				v = c.value
			}
			if v != "" && isLine {
				cells[k] = sheet.Cell{Row: row.N, Kind: sheet.Text, Text: v}
			}
			continue
		}
		if r.at[k].Ticks != nil {
			if c := r.at[k].Ticked(row); c != nil {
				cells[k], col = *c, c.Col
			}
		} else if r.at[k].Parts.Some() {
			var last *sheet.Cell
			if above != nil {
				c := above.Cell(k)
				last = &c
			}
			cells[k] = r.at[k].Parts.Cell(row, r.down, last)
		} else if c := sight.CellIn(row, col); c != nil {
			if !sight.IsPrompt(c) {
				cells[k] = *c
			}
		} else if isLine { // one amount over several rows is not the amount of each
			if c, ok := r.down[[2]int{row.N, col}]; ok && !heading.IsNumber(f) {
				cells[k] = c
			}
		}
		if b := r.at[k].Before; b > 0 && (!sight.Filled(&cells[k]) || sight.NoValue[written.Heading(cells[k].Text)]) {
			if c := sight.CellIn(row, b); sight.Present(c) {
				cells[k], col = *c, b
			}
		}
		cells[k].Row, cells[k].Col = row.N, col
		if above != nil && cells[k].Kind == sheet.Text && sight.SaysAbove(cells[k].Text) {
			cells[k] = above.Cell(k)
			cells[k].Row, cells[k].Col = row.N, col
		}
		if u := r.at[k].UnitCol; u > 0 {
			r.withUnit(&cells[k], row, u)
		}
	}
	return cells
}

// withUnit writes the unit that its row states behind an amount that states none itself.
func (r *tableReader) withUnit(c *sheet.Cell, row *sheet.Row, col int) {
	unit := sight.CellIn(row, col)
	if unit == nil || c.Kind != sheet.Number && c.Kind != sheet.Text {
		return
	}
	word := written.Squash(unit.Text)
	amount := written.Squash(c.Text)
	if _, is := written.MoneyUnits[word]; !is || amount == "" || strings.ContainsAny(amount[strings.LastIndexAny(amount, "0123456789")+1:], "元圆万亿") {
		return
	}
	c.Kind, c.Text, c.Format = sheet.Text, amount+word, ""
}
