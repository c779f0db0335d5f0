package layout

import (
	"slices"

	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
)

// Nearly all rows of a long sheet are plain: their required columns are filled, one of them with what can only be data, and
// nothing else is to be said of them. Such a row becomes a line without a copy of its cells, and the looks at all lines that
// follow leave it out. What is plain is asked of the tests that every row is put to (see rowTests), so a row that isn't plain
// is read as in any other sheet.

// direct notes by column which field takes its cells, where each column has one field at most and nothing but the cells of a
// row decides what its line holds.
func (s *stretch) direct() {
	last := 0
	for k := range s.At {
		last = max(last, s.At[k].Col)
	}
	fields := make([]int16, last+1)
	for k := range s.At {
		switch p := &s.At[k]; {
		case p.Col == 0 && p.Constant == "":
			continue
		case p.Col == 0, p.Ticks != nil, p.UnitCol > 0, p.Before > 0, p.Parts.Some(), fields[p.Col] != 0:
			return
		}
		fields[s.At[k].Col] = int16(k + 1)
	}
	s.fields = fields
	for k := range s.At {
		if s.At[k].Col > 0 && s.At[k].Field.Required {
			s.required++
		}
	}
}

// begin begins the stretch of lines below the head at hand.
func (r *tableReader) begin() {
	if r.under == nil || r.under.Head != r.head {
		kept := r.page.Shelf()
		if r.under != nil {
			kept = r.under.kept
		}
		r.under = &stretch{Sheet: r.page.Name, At: r.at, Block: len(r.table.Heads) - 1, Head: r.head, kept: kept}
		r.under.direct()
	}
}

// add adds a line to the table.
func (r *tableReader) add(l Line) {
	r.seen++
	r.table.Lines = append(r.table.Lines, l)
	b := &r.table.Bounds[len(r.table.Bounds)-1]
	if b[1] == 0 {
		b[1] = l.N
	}
	b[2] = l.N
}

// plainLine takes the ith row for a line if it is packed and plain.
func (r *tableReader) plainLine(i int) bool {
	packed := r.page.Packed(i)
	if packed == "" || r.seen == 0 || r.void != nil || r.unit != "" || len(r.down) > 0 || len(r.carry) > 0 || len(r.head.Rollups) > 0 {
		return false
	}
	if r.begin(); r.under.fields == nil {
		return false
	}
	row := r.page.Reuse(i, &r.scratch)
	g, ok := r.glances(row)
	if !ok || !r.proves(g) {
		return false
	}
	l := Line{stretch: r.under, N: row.N, index: int32(i), cells: packed, plain: true, filled: uint16(len(row.Cells))}
	if !g.amounts && r.saysNothing(row) || !g.words && (r.isWeak(row) || r.numbersOnly(row, &l)) || r.page.Delimited && r.isOverlong(r.head, row) {
		return false
	}
	r.kinds[i] = rowkind.Data
	r.add(l)
	return true
}

// seenPlain is what is seen of a row whose cells are plain, see rowSeen.
type seenPlain struct {
	texts, labels, required int
	proven                  rowkind.Proof
	amounts                 bool // numbers or dates that can't be said of nothing
	words                   bool // a text under a column of other things than numbers: neither prepared only nor a total
	example                 bool // a text marks an example
}

// glances looks at each cell; false where one has to be looked at more closely.
func (r *tableReader) glances(row *sheet.Row) (g seenPlain, ok bool) {
	for k := range row.Cells {
		c := &row.Cells[k]
		if c.Col >= len(r.under.fields) || r.under.fields[c.Col] == 0 {
			return g, false
		}
		at := int(r.under.fields[c.Col]) - 1
		seen := r.glanceAt(at, c)
		f := r.at[at].Field
		if seen&plainCell == 0 {
			return g, false
		}
		if c.Kind == sheet.Text {
			g.texts++
			g.example = g.example || seen&exampleCell != 0
			g.words = g.words || !heading.IsNumber(f) && f.Type != forms.Code && !f.InKey && !c.Formula
		} else if k > 0 && (c.Kind == sheet.Date || c.Kind == sheet.Number && c.Num != 0) {
			g.amounts = true
		}
		if !f.Required {
			continue
		}
		if seen&fillingCell == 0 {
			return g, false
		}
		g.required++
		if seen&labelCell != 0 {
			g.labels++
		}
		switch {
		case seen&listedCell != 0:
			g.proven = rowkind.ProvenByList
		case seen&numberCell != 0:
			g.proven = max(g.proven, rowkind.ProvenByNumber)
		}
	}
	return g, true
}

// proves is rowSeen.full of a row of three texts or more that is data for certain.
func (r *tableReader) proves(g seenPlain) bool {
	if g.texts < 3 || g.required < 2 || g.required != r.under.required || g.example {
		return false
	}
	return g.proven == rowkind.ProvenByList || g.proven == rowkind.ProvenByNumber && g.labels*2 < g.required
}

// glance is what is seen of a cell under a column.
type glance uint8

const (
	lookedAt    glance = 1 << iota
	plainCell          // it holds something, and says nothing of its row
	fillingCell        // it fills a required column, see rowSeen.fills
	listedCell         // one of the column's listed values
	numberCell         // a number or date where one is asked for
	labelCell          // 填表人：
	exampleCell        // 示例
)

// glanceAt looks at a cell under the kth field; at a text that the column repeats once.
func (r *tableReader) glanceAt(k int, c *sheet.Cell) glance {
	if c.Again == 0 {
		return r.look(k, c)
	}
	if r.under.glances == nil {
		r.under.glances = make([][]glance, len(r.at))
	}
	known := r.under.glances[k]
	for len(known) <= int(c.Again) {
		known = append(known, 0)
	}
	r.under.glances[k] = known
	if known[c.Again] == 0 {
		known[c.Again] = r.look(k, c)
	}
	return known[c.Again]
}

// look is glanceAt by the tests that all rows are put to.
func (r *tableReader) look(k int, c *sheet.Cell) glance {
	if !sight.Present(c) || c.Kind == sheet.Text && (sight.SaysAbove(c.Text) || r.isVoid(c, nil)) {
		return lookedAt
	}
	g, f := lookedAt|plainCell, r.at[k].Field
	if c.Kind == sheet.Text && rowkind.IsExample(c.Text) {
		g |= exampleCell
	}
	if !f.Required {
		return g
	}
	s, proven := rowkind.Seen{Vocab: r.reader.Vocab}, rowkind.Unproven
	if s.Fills(c, &proven, f) {
		g |= fillingCell
	}
	if rowkind.IsLabel(c) {
		g |= labelCell
	}
	switch proven {
	case rowkind.ProvenByList:
		g |= listedCell
	case rowkind.ProvenByNumber:
		g |= numberCell
	}
	return g
}

// placed gives the cells of a plain line by field.
func (l *Line) placed(into []sheet.Cell) []sheet.Cell {
	into = slices.Grow(into[:0], len(l.At))[:len(l.At)]
	for k := range into {
		into[k] = sheet.Cell{}
		if l.At[k].Col > 0 {
			into[k].Row, into[k].Col = l.N, l.At[k].Col
		}
	}
	l.kept.Place(l.cells, l.N, l.fields, into)
	return into
}
