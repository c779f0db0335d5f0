package sheet

import "unsafe"

// arena makes many short strings with few allocations. Bytes once handed out
// are never written again, so the strings are ordinary, safe ones; they share
// blocks, which live as long as any string in them.
type arena struct{ block []byte }

const (
	arenaFirst = 2 << 10
	arenaBlock = 32 << 10
)

// room makes sure that n bytes can be appended without moving the block.
func (a *arena) room(n int) {
	if cap(a.block)-len(a.block) >= n {
		return
	}
	size := arenaFirst
	if cap(a.block) > 0 {
		size = min(2*cap(a.block), arenaBlock)
	}
	a.block = make([]byte, 0, max(n, size))
}

// add copies b.
func (a *arena) add(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	a.room(len(b))
	at := len(a.block)
	a.block = append(a.block, b...)
	return a.from(at)
}

// from is the string of everything appended to the block since at.
func (a *arena) from(at int) string {
	b := a.block[at:]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// view looks at bytes as a string for the length of one call.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
