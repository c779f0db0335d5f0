package sheet

import (
	"math"
	"strings"

	"taizhang/ingest/packed"
)

// Shelf holds the cells of rows in few bytes without pointers. Whether they are struck through it does not hold.
type Shelf struct {
	bytes   packed.Shelf
	formats []string // by number: what number formats they have
	known   map[string]int
	again   []Cell // texts and dates that columns repeat, without their places, by number from 1
	numbers map[string]uint16
	dates   map[aDate]uint16
	latest  []uint16 // numbers by slotOf their texts: nearly always the one that is looked for
	habits  []habit  // by column; nil where repeated texts are kept as others are
	row     []byte
}

// aDate tells dates apart.
type aDate struct {
	serial uint64 // bit by bit
	format int
}

// habit says whether a column repeats its texts and dates. One that hardly does is not asked any more.
type habit struct {
	asked, found int
	off          bool
	format       string // the last one, and its number
	formatNo     int
}

const (
	habitColumns = 256
	latestBits   = 15
	habitSeen    = 1 << 14 // cells after which a column is judged
	againMost    = 1<<16 - 1
)

// A packed cell is a byte of kind and marks, its column, and what the marks say follows.
const (
	kindBits   = 1<<3 - 1
	kindAgain  = kindBits // a text or date, by its number among those that are repeated
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
	marks, again := byte(c.Kind), uint16(0)
	if c.Kind == Text || c.Kind == Date {
		if again = s.numberOf(c); again > 0 {
			marks = kindAgain
		}
	}
	if c.Percent {
		marks |= isPercent
	}
	if c.Formula {
		marks |= isFormula
	}
	if c.NoValue {
		marks |= lacksValue
	}
	if c.Format != "" {
		marks |= hasFormat
	}
	if c.Row != n {
		marks |= otherRow
	}
	row = packed.Int(append(row, marks), c.Col)
	if c.Row != n {
		row = packed.Int(row, c.Row)
	}
	if c.Format != "" {
		row = packed.Int(row, s.format(c))
	}
	switch {
	case c.Kind == Empty:
		return row
	case again > 0:
		return packed.Int(row, int(again))
	}
	row = packed.Text(row, c.Text)
	if c.Kind != Text {
		row = packed.Float(row, c.Num)
	}
	return row
}

// numberOf is the number of a text or date that its column repeats; 0 where it has none.
func (s *Shelf) numberOf(c *Cell) uint16 {
	if c.Col >= len(s.habits) {
		return 0
	}
	h := &s.habits[c.Col]
	if h.off {
		return 0
	}
	h.asked++
	var n uint16
	var date aDate
	slot := 0
	if c.Kind == Text {
		slot = slotOf(c.Text)
		if n = s.latest[slot]; n == 0 || s.again[n-1].Text != c.Text {
			n = s.numbers[c.Text]
			s.latest[slot] = n
		}
	} else {
		date = aDate{math.Float64bits(c.Num), s.format(c)}
		n = s.dates[date]
	}
	switch {
	case n > 0 && s.again[n-1].Text != c.Text:
		return 0
	case n > 0:
		h.found++
		return n
	}
	if h.off = h.asked >= habitSeen && h.found*2 < h.asked; h.off || len(s.again) == againMost {
		return 0
	}
	if s.numbers == nil {
		s.numbers, s.dates = map[string]uint16{}, map[aDate]uint16{}
	}
	once := Cell{Kind: c.Kind, Text: strings.Clone(c.Text), Num: c.Num}
	s.again = append(s.again, once)
	if n = uint16(len(s.again)); c.Kind == Text {
		s.numbers[once.Text], s.latest[slot] = n, n
	} else {
		s.dates[date] = n
	}
	return n
}

// slotOf spreads texts by their length and ends.
func slotOf(s string) int {
	var first, last uint64
	if n := len(s); n < 8 {
		for i := range n {
			first = first<<8 | uint64(s[i])
		}
	} else {
		first, last = eight(s), eight(s[n-8:])
	}
	return int((first*0x9E3779B97F4A7C15 + last*0xC2B2AE3D27D4EB4F + uint64(len(s))*0x165667B19E3779F9) >> (64 - latestBits))
}

func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// format numbers the number format of a cell.
func (s *Shelf) format(c *Cell) int {
	var h *habit
	if c.Format == "" {
		return 0
	}
	if c.Col < len(s.habits) {
		if h = &s.habits[c.Col]; h.format == c.Format {
			return h.formatNo
		}
	}
	n, ok := s.known[c.Format]
	if !ok {
		if s.known == nil {
			s.known, s.formats = map[string]int{}, []string{""}
		}
		n = len(s.formats)
		s.known[c.Format], s.formats = n, append(s.formats, c.Format)
	}
	if h != nil {
		h.format, h.formatNo = c.Format, n
	}
	return n
}

// unpack takes the next cell of row n into c, and says what is left of the row.
func (s *Shelf) unpack(row string, n int, c *Cell) (rest string) {
	marks := row[0]
	col, row := packed.TakeInt(row[1:])
	*c = Cell{Kind: Kind(marks & kindBits), Row: n, Col: col, Percent: marks&isPercent != 0, Formula: marks&isFormula != 0, NoValue: marks&lacksValue != 0}
	if marks&otherRow != 0 {
		c.Row, row = packed.TakeInt(row)
	}
	if marks&hasFormat != 0 {
		var format int
		format, row = packed.TakeInt(row)
		c.Format = s.formats[format]
	}
	switch c.Kind {
	case Empty:
		return row
	case kindAgain:
		again, row := packed.TakeInt(row)
		once := &s.again[again-1]
		c.Again, c.Kind, c.Text, c.Num = uint16(again), once.Kind, once.Text, once.Num
		return row
	}
	if c.Text, row = packed.TakeText(row); c.Kind != Text {
		c.Num, row = packed.TakeFloat(row)
	}
	return row
}

// skip is what is left of a row behind its next cell, and in which column that stands.
func skip(row string) (col int, rest string) {
	marks := row[0]
	col, row = packed.TakeInt(row[1:])
	if marks&otherRow != 0 {
		row = packed.SkipInt(row)
	}
	if marks&hasFormat != 0 {
		row = packed.SkipInt(row)
	}
	switch kind := Kind(marks & kindBits); kind {
	case Empty:
	case kindAgain:
		row = packed.SkipInt(row)
	default:
		if row = packed.SkipText(row); kind != Text {
			row = packed.SkipFloat(row)
		}
	}
	return col, row
}

// Take gives the kth cell of a kept row.
func (s *Shelf) Take(row string, n, k int) (c Cell) {
	for range k {
		_, row = skip(row)
	}
	s.unpack(row, n, &c)
	return c
}

// All adds the cells of a kept row.
func (s *Shelf) All(row string, n int, into []Cell) []Cell {
	for row != "" {
		into = append(into, Cell{})
		row = s.unpack(row, n, &into[len(into)-1])
	}
	return into
}

// Under gives the cell in a column of a kept row, whose cells stand from left to right; an empty one where there is none.
func (s *Shelf) Under(row string, n, col int) (c Cell) {
	for row != "" {
		at, rest := skip(row)
		if at == col {
			s.unpack(row, n, &c)
			return c
		}
		row = rest
	}
	return Cell{Row: n, Col: col}
}

// Place gives a kept row's cells to fields: fields says by column which one takes it, from 1, and into has room for all.
func (s *Shelf) Place(row string, n int, fields []int16, into []Cell) {
	for row != "" {
		col, _ := packed.TakeInt(row[1:])
		row = s.unpack(row, n, &into[fields[col]-1])
	}
}
