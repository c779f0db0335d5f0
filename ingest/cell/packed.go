package cell

import (
	"taizhang/ingest/packed"
	"taizhang/internal/calendar"
)

// Shelf holds the values of many rows in few bytes.
type Shelf struct {
	bytes    packed.Shelf
	numbered *Numbered
	row      []byte
}

// NewShelf holds values that a typer reads.
func NewShelf(t *Typer) *Shelf { return &Shelf{numbered: t.Numbered()} }

// A packed value is a byte of marks, and what they say follows.
const (
	isSet = 1 << iota
	isGap
	hasText
	hasHash
	hasDate
	hasNumber
)

// Row is a row's values, packed.
type Row struct {
	packed   string
	numbered *Numbered
}

// Keep packs the values of a row.
func (s *Shelf) Keep(values []Value) Row {
	row := s.row[:0]
	for i := range values {
		v := &values[i]
		if v.number > 0 {
			row = packed.Int(append(row, hasNumber), int(v.number))
			continue
		}
		marks, at := byte(0), len(row)
		row = append(row, 0)
		if v.Set {
			marks |= isSet
		}
		if v.Gap {
			marks |= isGap
		}
		if v.Text != "" {
			marks |= hasText
			row = packed.Text(row, v.Text)
		}
		if v.Hash != "" {
			marks |= hasHash
			row = packed.Text(row, v.Hash)
		}
		if v.Date != 0 {
			marks |= hasDate
			row = packed.Int(row, int(v.Date))
		}
		row[at] = marks
	}
	s.row = row
	return Row{s.bytes.Put(row), s.numbered}
}

// Value gives the kth value.
func (r Row) Value(k int) Value {
	t := packed.Taker(r.packed)
	for range k {
		r.unpack(&t)
	}
	return r.unpack(&t)
}

// Values gives all values, in into where it has room.
func (r Row) Values(into []Value) []Value {
	into = into[:0]
	for t := packed.Taker(r.packed); t != ""; {
		into = append(into, r.unpack(&t))
	}
	return into
}

func (r Row) unpack(t *packed.Taker) (v Value) {
	marks := t.Byte()
	if marks&hasNumber != 0 {
		return r.numbered.values[t.Int()-1]
	}
	v.Set, v.Gap = marks&isSet != 0, marks&isGap != 0
	if marks&hasText != 0 {
		v.Text = t.Text()
	}
	if marks&hasHash != 0 {
		v.Hash = t.Text()
	}
	if marks&hasDate != 0 {
		v.Date = calendar.Date(t.Int())
	}
	return v
}
