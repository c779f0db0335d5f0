package sheet

import "taizhang/ingest/packed"

// Shelf holds the cells of rows in few bytes without pointers. Whether they are struck through it does not hold.
type Shelf struct {
	bytes   packed.Shelf
	formats []string // by number: what number formats they have
	known   map[string]int
	row     []byte
}

// A packed cell is a byte of kind and marks, its column, and what the marks say follows.
const (
	kindBits   = 1<<3 - 1
	isPercent  = 1 << 3
	isFormula  = 1 << 4
	lacksValue = 1 << 5
	hasFormat  = 1 << 6
	otherRow   = 1 << 7 // not in the row itself
)

// Put keeps the cells of row n, and those of other rows that count for it.
func (s *Shelf) Put(n int, cells []Cell) string {
	row := s.row[:0]
	for i := range cells {
		row = s.pack(row, n, &cells[i])
	}
	s.row = row
	return s.bytes.Put(row)
}

func (s *Shelf) pack(row []byte, n int, c *Cell) []byte {
	marks := byte(c.Kind)
	for _, m := range [...]struct {
		is  bool
		bit byte
	}{{c.Percent, isPercent}, {c.Formula, isFormula}, {c.NoValue, lacksValue}, {c.Format != "", hasFormat}, {c.Row != n, otherRow}} {
		if m.is {
			marks |= m.bit
		}
	}
	row = packed.Int(append(row, marks), c.Col)
	if c.Row != n {
		row = packed.Int(row, c.Row)
	}
	if c.Format != "" {
		row = packed.Int(row, s.format(c.Format))
	}
	if c.Kind == Empty {
		return row
	}
	row = packed.Text(row, c.Text)
	if c.Kind != Text {
		row = packed.Float(row, c.Num)
	}
	return row
}

// format numbers a number format.
func (s *Shelf) format(f string) int {
	n, ok := s.known[f]
	if !ok {
		if s.known == nil {
			s.known = map[string]int{}
		}
		n = len(s.formats)
		s.known[f], s.formats = n, append(s.formats, f)
	}
	return n
}

func (s *Shelf) unpack(t *packed.Taker, n int) (c Cell) {
	marks := t.Byte()
	c.Kind, c.Row, c.Col = Kind(marks&kindBits), n, t.Int()
	c.Percent, c.Formula, c.NoValue = marks&isPercent != 0, marks&isFormula != 0, marks&lacksValue != 0
	if marks&otherRow != 0 {
		c.Row = t.Int()
	}
	if marks&hasFormat != 0 {
		c.Format = s.formats[t.Int()]
	}
	if c.Kind == Empty {
		return c
	}
	c.Text = t.Text()
	if c.Kind != Text {
		c.Num = t.Float()
	}
	return c
}

// Take gives the kth cell of a kept row.
func (s *Shelf) Take(row string, n, k int) Cell {
	t := packed.Taker(row)
	for range k {
		s.unpack(&t, n)
	}
	return s.unpack(&t, n)
}

// All adds the cells of a kept row.
func (s *Shelf) All(row string, n int, into []Cell) []Cell {
	for t := packed.Taker(row); t != ""; {
		into = append(into, s.unpack(&t, n))
	}
	return into
}

// Under gives the cell in a column of a kept row, whose cells stand from left to right; an empty one where there is none.
func (s *Shelf) Under(row string, n, col int) Cell {
	for t := packed.Taker(row); t != ""; {
		if c := s.unpack(&t, n); c.Col == col {
			return c
		}
	}
	return Cell{Row: n, Col: col}
}

// Place gives a kept row's cells to fields: fields says by column which one takes it, from 1, and into has room for all.
func (s *Shelf) Place(row string, n int, fields []int16, into []Cell) {
	for t := packed.Taker(row); t != ""; {
		c := s.unpack(&t, n)
		into[fields[c.Col]-1] = c
	}
}
