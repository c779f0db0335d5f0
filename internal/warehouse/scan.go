package warehouse

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"

	"taizhang/internal/lang"
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
var errLayout = lang.Errorf("not laid out as expected", "结构与预期不符")

// DamagedError says that a file doesn't hold what was written to it.
type DamagedError struct {
	Path string
	What string
}

func (e *DamagedError) Error() string {
	return lang.Phrase("%s is damaged: %s", "%s 已损坏：%s", e.Path, e.What)
}

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
	s := scanned{path: path}
	heads, err := s.heads(f)
	if err != nil {
		return 0, err
	}
	field := func(i, n int) uint64 { return binary.LittleEndian.Uint64(heads[i*headSize+checksumSize+8*n:]) }
	newest := 1 // iteration, meta block, free list, number of blocks, size of a block
	if field(2, 0) > field(1, 0) {
		newest = 2
	}
	blocks, size := field(newest, 3), field(newest, 4)
	if size < smallestBlock || size > largestBlock || size%8 != 0 {
		return 0, lang.Errorf("%s: %w: blocks of %d bytes", "%s：%w：块大小为%d字节", path, errLayout, size)
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if blocks > uint64(info.Size()) {
		return 0, &DamagedError{path, lang.Phrase("its %d bytes don't hold its %d blocks", "%d字节放不下应有的%d个数据块", info.Size(), blocks)}
	}
	present := min(blocks, uint64(info.Size()-firstBlockAt)/size)
	block := make([]byte, size)
	for n := range present {
		if _, err := io.ReadFull(f, block); err != nil {
			return 0, lang.Errorf("read block %d: %w", "读取第%d块：%w", n, err)
		}
		if !s.agrees(block) {
			s.found(lang.Phrase("block %d doesn't agree with its checksum", "第%d块与校验值不符", n))
		}
	}
	if s.damage == nil && present < blocks && !allFree(f, field(newest, 2), size, blocks, present) {
		s.found(lang.Phrase("its %d bytes don't hold its %d blocks", "%d字节放不下应有的%d个数据块", info.Size(), blocks))
	}
	return s.fingerprint, s.damage
}

// scanned is what a scan knows so far.
type scanned struct {
	path        string
	fingerprint uint64
	damage      error // the first that was found
}

// heads reads the three heads of a database file.
func (s *scanned) heads(f io.Reader) ([]byte, error) {
	heads := make([]byte, firstBlockAt)
	if _, err := io.ReadFull(f, heads); err != nil {
		return nil, &DamagedError{s.path, lang.Phrase("it ends within its head", "文件头不完整")}
	}
	if string(heads[checksumSize:checksumSize+4]) != "DUCK" {
		return nil, &DamagedError{s.path, lang.Phrase("it doesn't begin as a DuckDB file", "开头不是 DuckDB 文件")}
	}
	for i := range 3 {
		b := heads[i*headSize : (i+1)*headSize]
		if i > 0 && bytes.Count(b, []byte{0}) == len(b) {
			continue // the second of a database is empty until its second checkpoint
		}
		if !s.agrees(b) {
			s.found(lang.Phrase("head %d doesn't agree with its checksum", "第%d个文件头与校验值不符", i))
		}
	}
	return heads, nil
}

// agrees says whether a block has the checksum that it begins with, and makes it part of the fingerprint.
func (s *scanned) agrees(block []byte) bool {
	sum, stored := checksum(block), binary.LittleEndian.Uint64(block)
	s.fingerprint = mix(mix(s.fingerprint, sum), stored)
	return sum == stored
}

// found notes damage; the first is told.
func (s *scanned) found(what string) {
	if s.damage == nil {
		s.damage = &DamagedError{s.path, what}
	}
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
