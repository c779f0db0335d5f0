package layout

import (
	"taizhang/ingest/finding"
	"taizhang/ingest/packed"
	"taizhang/ingest/sheet"
)

// stretch is what the lines below one head have in common.
type stretch struct {
	Sheet string
	At    []Placed // by field; col 0 where the sheet has no such column
	Block int      // which of the table's heads they stand below
	Head  *Head
	kept  *cellShelf
}

// Line is one row of data as written: a cell per field of the form. It holds no cells of the sheet, which can be let go
// of once its tables are read.
type Line struct {
	*stretch
	N     int // row number on the sheet
	cells string
	more  *lineMore // nil for nearly all
	index int32     // of the page's rows
	weak  bool      // nothing but a number or formulas: prepared, perhaps not filled in
}

// lineMore is what few lines have.
type lineMore struct {
	rolled []Rolled    // cells under 累计 headings
	void   *sheet.Cell // a remark that says that the row is void
	struck bool        // all of its cells are struck through
	faults []Fault     // what the layout itself makes unreadable

	crossed []finding.Finding // cells that are struck through
}

// Cell gives the cell of a field, by its place in the form.
func (l *Line) Cell(k int) sheet.Cell { return l.kept.take(l.cells, l.N, k) }

// Cells gives all cells, by field, in into where it has room.
func (l *Line) Cells(into []sheet.Cell) []sheet.Cell { return l.kept.all(l.cells, l.N, into[:0]) }

// setCell puts another cell in a field's place.
func (l *Line) setCell(k int, c sheet.Cell) {
	cells := l.Cells(nil)
	cells[k] = c
	l.cells = l.kept.put(l.N, cells)
}

func (l *Line) extra() *lineMore {
	if l.more == nil {
		l.more = &lineMore{}
	}
	return l.more
}

// Rolled gives the cells under 累计 headings.
func (l *Line) Rolled() []Rolled {
	if l.more == nil {
		return nil
	}
	return l.more.rolled
}

// Void gives the remark that says that the row is void; nil where there is none.
func (l *Line) Void() *sheet.Cell {
	if l.more == nil {
		return nil
	}
	return l.more.void
}

// Struck says whether somebody drew a line through the whole row.
func (l *Line) Struck() bool { return l.more != nil && l.more.struck }

// Crossed tells of cells that are struck through in a row that isn't. Their values are read.
func (l *Line) Crossed() []finding.Finding {
	if l.more == nil {
		return nil
	}
	return l.more.crossed
}

// blame notes what the layout makes unreadable.
func (l *Line) blame(f Fault) {
	x := l.extra()
	x.faults = append(x.faults, f)
}

// cellShelf holds the cells of lines.
type cellShelf struct {
	packed.Shelf
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
	otherRow   = 1 << 7 // not in the line's own row
)

// put packs the cells of the line in row n.
func (s *cellShelf) put(n int, cells []sheet.Cell) string {
	row := s.row[:0]
	for i := range cells {
		row = s.pack(row, n, &cells[i])
	}
	s.row = row
	return s.Put(row)
}

func (s *cellShelf) pack(row []byte, n int, c *sheet.Cell) []byte {
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
	if c.Kind == sheet.Empty {
		return row
	}
	row = packed.Text(row, c.Text)
	if c.Kind != sheet.Text {
		row = packed.Float(row, c.Num)
	}
	return row
}

// format numbers a number format.
func (s *cellShelf) format(f string) int {
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

func (s *cellShelf) unpack(t *packed.Taker, n int) (c sheet.Cell) {
	marks := t.Byte()
	c.Kind, c.Row, c.Col = sheet.Kind(marks&kindBits), n, t.Int()
	c.Percent, c.Formula, c.NoValue = marks&isPercent != 0, marks&isFormula != 0, marks&lacksValue != 0
	if marks&otherRow != 0 {
		c.Row = t.Int()
	}
	if marks&hasFormat != 0 {
		c.Format = s.formats[t.Int()]
	}
	if c.Kind == sheet.Empty {
		return c
	}
	c.Text = t.Text()
	if c.Kind != sheet.Text {
		c.Num = t.Float()
	}
	return c
}

// take gives the kth cell of a packed row.
func (s *cellShelf) take(row string, n, k int) sheet.Cell {
	t := packed.Taker(row)
	for range k {
		s.unpack(&t, n)
	}
	return s.unpack(&t, n)
}

func (s *cellShelf) all(row string, n int, into []sheet.Cell) []sheet.Cell {
	for t := packed.Taker(row); t != ""; {
		into = append(into, s.unpack(&t, n))
	}
	return into
}
