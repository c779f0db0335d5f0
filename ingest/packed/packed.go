// Package packed keeps what is read of a sheet's rows in few bytes, without
// pointers: a return of a million rows then takes a few hundred megabytes, and
// the collector has nothing to look at in them.
//
// Words: a shelf holds packed rows one after another; a packed row is a string
// on it, taken apart from its start to its end.
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

// TakeText takes a text from the start of a packed row, where it stays, and says what is left.
func TakeText(row string) (text, rest string) {
	n, rest := takeUint(row)
	return rest[:n], rest[n:]
}

// TakeInt takes a number.
func TakeInt(row string) (n int, rest string) {
	u, rest := takeUint(row)
	return int(int64(u>>1) ^ -int64(u&1)), rest // as encoding/binary writes signed numbers
}

// TakeFloat takes a floating-point number.
func TakeFloat(row string) (f float64, rest string) {
	_ = row[floatBytes-1]
	bits := uint64(row[0]) | uint64(row[1])<<8 | uint64(row[2])<<16 | uint64(row[3])<<24 | uint64(row[4])<<32 | uint64(row[5])<<40 | uint64(row[6])<<48 | uint64(row[7])<<56
	return math.Float64frombits(bits), row[floatBytes:]
}

// floatBytes are those of Float.
const floatBytes = 8

// SkipText leaves a text out.
func SkipText(row string) (rest string) {
	n, rest := takeUint(row)
	return rest[n:]
}

// SkipInt leaves a number out.
func SkipInt(row string) (rest string) {
	_, rest = takeUint(row)
	return rest
}

// SkipFloat leaves a floating-point number out.
func SkipFloat(row string) (rest string) { return row[floatBytes:] }

// takeUint is small enough to go into what calls it: nearly all numbers have one byte.
func takeUint(row string) (u uint64, rest string) {
	if b := row[0]; b < 0x80 {
		return uint64(b), row[1:]
	}
	return takeLong(row)
}

func takeLong(row string) (u uint64, rest string) {
	for i := 0; ; i++ {
		b := row[i]
		if u |= uint64(b&0x7f) << (7 * i); b < 0x80 {
			return u, row[i+1:]
		}
	}
}
