package anyfile

import (
	"bytes"
	"io"

	"taizhang/internal/cfb"
	"taizhang/internal/opc"
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
		return cfb.Complete(all)
	case bytes.HasPrefix(data, magicZip):
		return opc.Complete(r, size)
	}
	return true
}
