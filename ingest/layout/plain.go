package layout

import (
	"slices"

	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
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
		case p.Col == 0 && p.konst == "":
			continue
		case p.Col == 0, p.ticks != nil, p.unitCol > 0, fields[p.Col] != 0:
			return
		}
		fields[s.At[k].Col] = int16(k + 1)
	}
	s.fields = fields
}

// plainLine takes the ith row for a line if it is packed and plain.
func (r *tableReader) plainLine(i int) bool {
	packed := r.p.Packed(i)
	if packed == "" || r.seen == 0 || r.void != nil || len(r.down) > 0 || len(r.carry) > 0 || len(r.h.Rollups) > 0 {
		return false
	}
	if r.begin(); r.under.fields == nil {
		return false
	}
	row := r.p.Reuse(i, &r.scratch)
	s := rowSeen{v: r.l.Vocab, units: r.l.Units, p: r.p, row: row, h: r.h, at: r.at, seen: r.seen, after: rowData}
	if s.look(); s.filled != len(row.Cells) || s.fields != s.filled || !s.full() || !s.certain || s.texts < 3 {
		return false
	}
	amounts := 0 // what can't be said of nothing
	for k := range row.Cells {
		c := &row.Cells[k]
		switch {
		case c.Kind == sheet.Text:
			if maySayAbove.In(c.Text) && sameAbove[written.Tidy(c.Text)] {
				return false
			}
		case k > 0 && (c.Kind == sheet.Date || c.Kind == sheet.Number && c.Num != 0):
			amounts++
		}
	}
	l := Line{stretch: r.under, N: row.N, index: int32(i), cells: packed, plain: true, filled: uint16(s.filled)}
	if amounts == 0 && r.saysNothing(row) || r.voided(row) != nil || r.p.Delimited && r.isOverlong(r.h, row) || r.isWeak(row) || r.numbersOnly(row, &l) {
		return false
	}
	r.kinds[i] = rowData
	r.add(l)
	return true
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
