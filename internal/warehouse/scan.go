package warehouse

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// DuckDB's file: three heads of 4 KB (of the file, then two of the database,
// of which the one with the higher iteration holds), then blocks. Each begins
// with a checksum of what follows it.
const (
	headSize      = 4096
	checksumSize  = 8
	firstBlockAt  = 3 * headSize
	smallestBlock = 16 << 10
	largestBlock  = 1 << 20
)

// errLayout says that a file isn't laid out as scan knows it: it may be whole all the same.
var errLayout = errors.New("not laid out as expected")

// DamagedError says that a file doesn't hold what was written to it.
type DamagedError struct {
	Path string
	What string
}

func (e *DamagedError) Error() string { return fmt.Sprintf("%s is damaged: %s", e.Path, e.What) }

// scan reads a closed database file whole and compares every block with its
// checksum: counting rows reads none of the blocks that hold values, and
// reading all values by SQL costs ten times as much. It gives a fingerprint of
// the file's content, also of a damaged one as far as it can be read.
func scan(path string) (fingerprint uint64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	heads := make([]byte, firstBlockAt)
	if _, err := io.ReadFull(f, heads); err != nil {
		return 0, &DamagedError{path, "it ends within its head"}
	}
	if string(heads[checksumSize:checksumSize+4]) != "DUCK" {
		return 0, &DamagedError{path, "it doesn't begin as a DuckDB file"}
	}
	head := func(i int) []byte { return heads[i*headSize : (i+1)*headSize] }
	var damage error
	note := func(b []byte, what string, n any) {
		sum := checksum(b)
		fingerprint = mix(mix(fingerprint, sum), binary.LittleEndian.Uint64(b))
		if sum != binary.LittleEndian.Uint64(b) && damage == nil {
			damage = &DamagedError{path, fmt.Sprintf("%s %d doesn't agree with its checksum", what, n)}
		}
	}
	for i := range 3 {
		if b := head(i); i == 0 || bytes.Count(b, []byte{0}) != len(b) { // the second of a database is empty until its second checkpoint
			note(b, "head", i)
		}
	}
	field := func(i, n int) uint64 { return binary.LittleEndian.Uint64(head(i)[checksumSize+8*n:]) }
	newest := 1 // iteration, meta block, free list, number of blocks, size of a block
	if field(2, 0) > field(1, 0) {
		newest = 2
	}
	blocks, size := field(newest, 3), field(newest, 4)
	if size < smallestBlock || size > largestBlock || size%8 != 0 {
		return 0, fmt.Errorf("%s: %w: blocks of %d bytes", path, errLayout, size)
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if blocks > uint64(info.Size()) || firstBlockAt+int64(blocks)*int64(size) > info.Size() {
		return 0, &DamagedError{path, fmt.Sprintf("its %d bytes don't hold its %d blocks", info.Size(), blocks)}
	}
	block := make([]byte, size)
	for n := range blocks {
		if _, err := io.ReadFull(f, block); err != nil {
			return 0, fmt.Errorf("read block %d: %w", n, err)
		}
		note(block, "block", n)
	}
	return fingerprint, damage
}

// checksum of what follows the checksum that a block begins with.
func checksum(block []byte) uint64 {
	sum := uint64(5381)
	for b := block[checksumSize:]; len(b) >= 8; b = b[8:] {
		sum ^= binary.LittleEndian.Uint64(b) * 0xbf58476d1ce4e5b9
	}
	return sum
}

func mix(fingerprint, sum uint64) uint64 { return (fingerprint ^ sum) * 0x100000001b3 }
