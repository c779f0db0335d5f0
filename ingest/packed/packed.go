// Package packed keeps what is read of a sheet's rows in few bytes, without
// pointers: a return of a million rows then takes a few hundred megabytes, and
// the collector has nothing to look at in them.
//
// Words: a shelf holds packed rows one after another; a packed row is a string
// on it, read again by a taker from its start to its end.
package packed

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// block is how much a shelf takes from the heap at a time, once it holds more than a little.
const block = 1 << 16

// Shelf holds packed rows. What is put on it is never changed.
type Shelf struct {
	free []byte
	held int
}

// Put keeps a copy of row.
func (s *Shelf) Put(row []byte) string {
	if len(row) == 0 {
		return ""
	}
	if len(row) > cap(s.free)-len(s.free) {
		s.free = make([]byte, 0, max(len(row), min(block, max(1024, s.held))))
	}
	at := len(s.free)
	s.free = append(s.free, row...)
	s.held += len(row)
	return unsafe.String(&s.free[at], len(row)) // the bytes below len(s.free) are written once
}

// Text adds a text to a row that is being packed.
func Text(row []byte, s string) []byte {
	return append(binary.AppendUvarint(row, uint64(len(s))), s...)
}

// Int adds a number.
func Int(row []byte, n int) []byte { return binary.AppendVarint(row, int64(n)) }

// Float adds a floating-point number, bit by bit.
func Float(row []byte, f float64) []byte {
	return binary.LittleEndian.AppendUint64(row, math.Float64bits(f))
}

// Taker reads a packed row; the texts that it gives lie on the shelf.
type Taker string

// Byte takes a byte.
func (t *Taker) Byte() byte {
	b := (*t)[0]
	*t = (*t)[1:]
	return b
}

// Text takes a text.
func (t *Taker) Text() string {
	n := int(t.uvarint())
	s := string((*t)[:n])
	*t = (*t)[n:]
	return s
}

// Int takes a number.
func (t *Taker) Int() int {
	u := t.uvarint()
	return int(int64(u>>1) ^ -int64(u&1)) // as encoding/binary writes signed numbers
}

// Float takes a floating-point number.
func (t *Taker) Float() float64 {
	s := (*t)[:8]
	*t = (*t)[8:]
	bits := uint64(0)
	for i := 7; i >= 0; i-- {
		bits = bits<<8 | uint64(s[i])
	}
	return math.Float64frombits(bits)
}

func (t *Taker) uvarint() (u uint64) {
	for shift := 0; ; shift += 7 {
		b := t.Byte()
		u |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return u
		}
	}
}
