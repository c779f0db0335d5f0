// Package stored reads values as files of several formats store them: numbers,
// serials, ISO dates, strings with escapes, tables of shared strings.
//
// Words: an arena holds many short texts in few blocks; a decimal is a number as
// its digits stand in a file; runs are the parts of a text with fonts of their
// own; a table of strings is what cells refer to by number.
//
// A value that one format alone writes is read in that format's room; once a
// second one writes it too, its reading belongs here.
package stored

import (
	"unsafe"
)

// Arena makes many short strings with few allocations. Bytes once handed out
// are never written again, so the strings are ordinary, safe ones; they share
// blocks, which live as long as any string in them.
type Arena struct{ block []byte }

const (
	arenaFirst = 2 << 10
	arenaBlock = 32 << 10
)

// room makes sure that n bytes can be appended without moving the block.
func (a *Arena) room(n int) {
	if cap(a.block)-len(a.block) >= n {
		return
	}
	size := arenaFirst
	if cap(a.block) > 0 {
		size = min(2*cap(a.block), arenaBlock)
	}
	a.block = make([]byte, 0, max(n, size))
}

// Add copies b.
func (a *Arena) Add(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	a.room(len(b))
	at := len(a.block)
	a.block = append(a.block, b...)
	return a.from(at)
}

// from is the string of everything appended to the block since at.
func (a *Arena) from(at int) string {
	b := a.block[at:]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// View looks at bytes as a string for the length of one call.
func View(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
