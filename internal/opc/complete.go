package opc

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
)

// The record that ends a package (APPNOTE 4.3.16): its length without the comment that follows, and how long that may be.
const (
	endRecord  = 22
	endComment = 65535
)

// Complete reports whether a package has its end, so that one still being copied can wait. What is damaged although its
// end is there is complete. A few bytes at the end are read.
func Complete(r io.ReaderAt, size int64) bool {
	for _, n := range []int64{endRecord, endRecord + endComment} {
		tail := make([]byte, min(n, size))
		if k, _ := r.ReadAt(tail, size-int64(len(tail))); k < len(tail) {
			return false
		}
		for i := len(tail) - endRecord; i >= 0; i-- {
			if bytes.HasPrefix(tail[i:], []byte("PK\x05\x06")) && i+endRecord+int(binary.LittleEndian.Uint16(tail[i+20:])) == len(tail) {
				return true
			}
		}
	}
	// Some writers leave bytes behind the end. A package within the package may
	// have ended before the copy stopped: the one meant begins with the file.
	z, err := zip.NewReader(r, size)
	if err != nil {
		return false
	}
	var local [30]byte
	if n, _ := r.ReadAt(local[:], 0); n < len(local) {
		return false
	}
	first := int64(len(local)) + int64(binary.LittleEndian.Uint16(local[26:])) + int64(binary.LittleEndian.Uint16(local[28:]))
	for _, f := range z.File {
		if at, err := f.DataOffset(); err == nil && at == first {
			return true
		}
	}
	return false
}
