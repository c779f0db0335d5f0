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
func (r Row) Value(k int) (v Value) {
	row := r.packed
	for range k {
		row = r.unpack(row, &v)
	}
	r.unpack(row, &v)
	return v
}

// Values gives all values, in into where it has room.
func (r Row) Values(into []Value) []Value {
	into = into[:0]
	for row := r.packed; row != ""; {
		into = append(into, Value{})
		row = r.unpack(row, &into[len(into)-1])
	}
	return into
}

// unpack takes the next value into v, and says what is left.
func (r Row) unpack(row string, v *Value) (rest string) {
	marks, row := row[0], row[1:]
	if marks&hasNumber != 0 {
		n, row := packed.TakeInt(row)
		*v = r.numbered.values[n-1]
		return row
	}
	*v = Value{Set: marks&isSet != 0, Gap: marks&isGap != 0}
	if marks&hasText != 0 {
		v.Text, row = packed.TakeText(row)
	}
	if marks&hasHash != 0 {
		v.Hash, row = packed.TakeText(row)
	}
	if marks&hasDate != 0 {
		var date int
		date, row = packed.TakeInt(row)
		v.Date = calendar.Date(date)
	}
	return row
}
