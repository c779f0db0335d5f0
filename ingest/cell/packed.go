package cell

import (
	"taizhang/ingest/packed"
	"taizhang/internal/calendar"
)

// Shelf holds the values of many rows in few bytes.
type Shelf struct {
	packed.Shelf
	row []byte
}

// A packed value is a byte of marks, and what they say follows.
const (
	isSet = 1 << iota
	isGap
	hasText
	hasHash
	hasDate
)

// Row is a row's values, packed.
type Row string

// Keep packs the values of a row.
func (s *Shelf) Keep(values []Value) Row {
	row := s.row[:0]
	for i := range values {
		v := &values[i]
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
	return Row(s.Put(row))
}

// Value gives the kth value.
func (r Row) Value(k int) Value {
	t := packed.Taker(r)
	for range k {
		unpack(&t)
	}
	return unpack(&t)
}

// Values gives all values, in into where it has room.
func (r Row) Values(into []Value) []Value {
	into = into[:0]
	for t := packed.Taker(r); t != ""; {
		into = append(into, unpack(&t))
	}
	return into
}

func unpack(t *packed.Taker) (v Value) {
	marks := t.Byte()
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
