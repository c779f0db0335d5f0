package sheet

import (
	"archive/zip"
	"bytes"
	"io"
)

// HasEnd reports whether a file's format has an end that [Complete] can look for.
func HasEnd(data []byte) bool {
	return bytes.HasPrefix(data, magicOLE) || bytes.HasPrefix(data, magicZip)
}

// Complete is CompleteAt for a file in memory.
func Complete(data []byte) bool { return CompleteAt(bytes.NewReader(data), int64(len(data))) }

// CompleteAt reports whether a file has the end that its format demands, so that
// one still being copied can wait: the record that ends a zip package, every
// sector that an OLE2 container uses. What is damaged although its end is there
// is complete. Formats without a mark at their end count as complete. Of a zip
// package a few bytes are read, of a container all.
func CompleteAt(r io.ReaderAt, size int64) bool {
	var head [8]byte
	n, _ := r.ReadAt(head[:min(size, int64(len(head)))], 0)
	switch data := head[:n]; {
	case n == 0:
		return false
	case n < len(head):
		return !bytes.HasPrefix(magicOLE, data) && !bytes.HasPrefix(magicZip, data) && !bytes.HasPrefix(data, magicZip)
	case bytes.HasPrefix(data, magicOLE):
		all := make([]byte, size)
		if n, _ := r.ReadAt(all, 0); int64(n) < size {
			return false
		}
		return completeOLE(all)
	case bytes.HasPrefix(data, magicZip):
		return completeZip(r, size)
	}
	return true
}

// zipEnd is the record that ends a zip package (APPNOTE 4.3.16): its length
// without the comment that follows, of at most 65,535 bytes.
const zipEnd = 22

func completeZip(r io.ReaderAt, size int64) bool {
	for _, n := range []int64{zipEnd, zipEnd + 65535} {
		tail := make([]byte, min(n, size))
		if k, _ := r.ReadAt(tail, size-int64(len(tail))); k < len(tail) {
			return false
		}
		for i := len(tail) - zipEnd; i >= 0; i-- {
			if bytes.HasPrefix(tail[i:], []byte("PK\x05\x06")) && i+zipEnd+int(u16(tail[i+20:])) == len(tail) {
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
	first := int64(len(local)) + int64(u16(local[26:])) + int64(u16(local[28:]))
	for _, f := range z.File {
		if at, err := f.DataOffset(); err == nil && at == first {
			return true
		}
	}
	return false
}
