package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"hash/crc32"
	"io"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
)

// pack is a zip package: its members by normalised name.
type pack struct {
	src   io.ReaderAt
	data  []byte // what src reads, where it is in memory
	size  int64
	lim   Limits
	parts map[string]*zip.File
	twice map[string]bool // names given twice with different content
}

// partName normalises a member's name: some writers use backslashes, a leading
// slash, or another case than their relationships (OPC compares names without
// regard to case: ECMA-376-2 6.2.2).
func partName(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == '\\' || c >= 'A' && c <= 'Z' || c >= 0x80 || c == '/' && i == 0 {
			return strings.ToLower(strings.TrimLeft(strings.ReplaceAll(s, `\`, "/"), "/"))
		}
	}
	return s
}

func openPack(data []byte, lim Limits) (*pack, error) {
	p := &pack{src: bytes.NewReader(data), data: data, size: int64(len(data)), lim: lim}
	return p, p.directory()
}

// directory reads the package's list of members.
func (p *pack) directory() error {
	lim := p.lim
	z, err := zip.NewReader(p.src, p.size)
	if err != nil {
		return damaged("zip: %w", err)
	}
	if len(z.File) > lim.Parts {
		return refuse(Bomb, "%d parts", len(z.File))
	}
	p.parts = make(map[string]*zip.File, len(z.File))
	var sum uint64
	for _, f := range z.File {
		// The declared size is a promise that reading holds the part to.
		if sum += f.UncompressedSize64; sum > uint64(lim.InflatedBytes) || f.UncompressedSize64 > 1<<40 {
			return refuse(Bomb, "%d bytes unpacked", sum)
		}
		name := partName(f.Name)
		if old := p.parts[name]; old != nil && (old.CRC32 != f.CRC32 || old.UncompressedSize64 != f.UncompressedSize64) {
			if p.twice == nil {
				p.twice = map[string]bool{}
			}
			p.twice[name] = true
			continue
		}
		p.parts[name] = f
	}
	return nil
}

func (p *pack) has(name string) bool { return p.parts[partName(name)] != nil }

// inflaters keeps decompressors: making one costs more than a small part.
var inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// buffers keeps the buffers between a file and a decompressor.
var buffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, windowSize) }}

type eofReader struct{}

func (eofReader) Read([]byte) (int, error) { return 0, io.EOF }

// partReader unpacks one part and checks its length and CRC at the end, which
// a reader must therefore reach.
type partReader struct {
	name  string
	mem   bytes.Reader  // the packed part, where the package is in memory
	buf   *bufio.Reader // and where it isn't
	src   io.Reader     // one of them
	size  int64         // of the packed part
	inf   io.ReadCloser // nil when the part is stored
	crc   uint32
	want  uint32
	left  int64 // of the declared length
	done  int64
	limit int64 // beyond which the ratio is absurd
}

func (p *pack) open(name string) (*partReader, error) {
	name = partName(name)
	f := p.parts[name]
	if f == nil {
		return nil, damaged("no part %s", name)
	}
	if p.twice[name] {
		return nil, damaged("part %s is there twice", name)
	}
	if f.Flags&1 != 0 {
		return nil, refuse(Password, "part %s is encrypted", name)
	}
	off, err := f.DataOffset()
	if err != nil {
		return nil, damaged("part %s: %w", name, err)
	}
	end := off + int64(f.CompressedSize64)
	if off < 0 || end < off || end > p.size {
		return nil, damaged("part %s runs past the end of the file", name)
	}
	r := &partReader{name: name, want: f.CRC32, left: int64(f.UncompressedSize64)}
	r.limit = max(ratioFloor, (end-off)*int64(p.lim.Ratio))
	r.size = end - off
	if p.data != nil {
		r.mem.Reset(p.data[off:end])
		r.src = &r.mem
	} else {
		r.buf = buffers.Get().(*bufio.Reader)
		r.buf.Reset(io.NewSectionReader(p.src, off, r.size))
		r.src = r.buf
	}
	switch f.Method {
	case zip.Store:
	case zip.Deflate:
		r.inf = inflaters.Get().(io.ReadCloser)
		if err := r.inf.(flate.Resetter).Reset(r.src, nil); err != nil {
			return nil, damaged("part %s: %w", name, err)
		}
	default:
		return nil, damaged("part %s: compression method %d", name, f.Method)
	}
	return r, nil
}

func (r *partReader) Read(b []byte) (n int, err error) {
	if r.inf != nil {
		n, err = r.inf.Read(b)
	} else {
		n, err = r.src.Read(b)
	}
	r.crc = crc32.Update(r.crc, crc32.IEEETable, b[:n])
	r.left -= int64(n)
	r.done += int64(n)
	switch {
	case r.left < 0:
		return n, damaged("part %s is longer than the directory says", r.name)
	case r.done > r.limit:
		return n, refuse(Bomb, "part %s unpacks more than %d times", r.name, r.done/max(1, r.size))
	case err == io.EOF:
		if r.left != 0 || r.crc != r.want {
			return n, damaged("part %s: checksum", r.name)
		}
	case err != nil:
		return n, damaged("part %s: %w", r.name, err)
	}
	return n, err
}

// close gives the decompressor back.
func (r *partReader) close() {
	if r.inf != nil {
		inflaters.Put(r.inf)
		r.inf = nil
	}
	if r.buf != nil {
		r.buf.Reset(nil)
		buffers.Put(r.buf)
		r.buf, r.src = nil, eofReader{}
	}
}

// read unpacks a whole part of at most max bytes.
func (p *pack) read(name string, limit int64) ([]byte, error) {
	r, err := p.open(name)
	if err != nil {
		return nil, err
	}
	defer r.close()
	if r.left > limit {
		return nil, refuse(TooLarge, "part %s has %d bytes", name, r.left)
	}
	// One byte more, so that the end is met without growing; the declared size
	// is believed only as far as it is harmless.
	b := make([]byte, 0, min(r.left, 1<<20)+1)
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
