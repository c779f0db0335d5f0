package warehouse

import (
	"encoding/binary"
	"io"
)

// allFree says whether a database file's own list of free blocks names all from one on: the engine counts those that it never
// wrote, or cut off, and a file without them is whole. The list stands in metadata blocks, 64 of which share a block of the file,
// each beginning with a pointer to the next; its pointers are a block's number and, in the highest byte, the place there.
func allFree(f io.ReaderAt, list, size, blocks, from uint64) bool {
	r := &metadata{f: f, next: list, size: size, blocks: blocks}
	count, ok := r.number()
	if !ok || count > blocks {
		return false
	}
	free := make(map[uint64]bool, count)
	for range count {
		n, ok := r.number()
		if !ok || n >= blocks {
			return false
		}
		free[n] = true
	}
	for n := from; n < blocks; n++ {
		if !free[n] {
			return false
		}
	}
	return true
}

// metadata reads a chain of metadata blocks.
type metadata struct {
	f            io.ReaderAt
	next         uint64
	size, blocks uint64
	rest         []byte
	read         uint64 // metadata blocks so far: a chain that bites its tail ends
}

const (
	metadataPerBlock = 64
	noMetadata       = 1<<64 - 1
)

// number reads the next number of the chain; false where it ends, leads nowhere, or can't be read.
func (m *metadata) number() (uint64, bool) {
	for len(m.rest) < 8 {
		if m.next == noMetadata || m.read > m.blocks*metadataPerBlock {
			return 0, false
		}
		block, place := m.next&(1<<56-1), m.next>>56
		if block >= m.blocks || place >= metadataPerBlock {
			return 0, false
		}
		part := (m.size - checksumSize) / metadataPerBlock / 8 * 8
		b := make([]byte, part)
		if _, err := m.f.ReadAt(b, int64(firstBlockAt+block*m.size+checksumSize+place*part)); err != nil {
			return 0, false
		}
		m.next, m.rest = binary.LittleEndian.Uint64(b), b[8:]
		m.read++
	}
	n := binary.LittleEndian.Uint64(m.rest)
	m.rest = m.rest[8:]
	return n, true
}
