package opc

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

// Package is an open package. It owns no file handle and needs no closing.
type Package struct {
	src   io.ReaderAt
	data  []byte // what src reads, where it is in memory
	size  int64
	lim   Limits
	files []*zip.File // in the order of the directory, folders and twins left out
	parts map[string]*zip.File
	twice map[string]bool // names given twice with different content
	twin  string          // a name given twice
}

// Open reads the directory of a package in memory, which must not change while the package is in use.
func Open(data []byte, lim Limits) (*Package, error) {
	return open(&Package{src: bytes.NewReader(data), data: data, size: int64(len(data))}, lim)
}

// OpenAt is Open for a package that is read piece by piece, for as long as it is in use.
func OpenAt(r io.ReaderAt, size int64, lim Limits) (*Package, error) {
	return open(&Package{src: r, size: size}, lim)
}

func open(p *Package, lim Limits) (*Package, error) {
	p.lim = lim.filled()
	z, err := zip.NewReader(p.src, p.size)
	if err != nil {
		return nil, fail(Damaged, "zip: %w", err)
	}
	if len(z.File) > p.lim.Parts {
		return nil, fail(Bomb, "%d parts", len(z.File))
	}
	p.parts = make(map[string]*zip.File, len(z.File))
	p.files = make([]*zip.File, 0, len(z.File))
	var sum uint64
	for _, f := range z.File {
		// The declared size is a promise that reading holds the part to.
		if sum += f.UncompressedSize64; sum > uint64(p.lim.Bytes) || f.UncompressedSize64 > 1<<40 {
			return nil, fail(Bomb, "%d bytes unpacked", sum)
		}
		name := PartName(f.Name)
		if strings.HasSuffix(name, "/") {
			continue // folders say nothing
		}
		if old := p.parts[name]; old != nil {
			if p.twin = name; old.CRC32 != f.CRC32 || old.UncompressedSize64 != f.UncompressedSize64 {
				if p.twice == nil {
					p.twice = map[string]bool{}
				}
				p.twice[name] = true
			}
			continue
		}
		p.parts[name] = f
		p.files = append(p.files, f)
	}
	return p, nil
}

// Has says whether a part is there.
func (p *Package) Has(name string) bool { return p.parts[PartName(name)] != nil }

// Names gives the parts as the package writes them, in its order.
func (p *Package) Names() []string {
	names := make([]string, len(p.files))
	for i, f := range p.files {
		names[i] = f.Name
	}
	return names
}

// inflaters keeps decompressors: making one costs more than a small part.
var inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

const windowSize = 64 << 10

// buffers keeps the buffers between a file and a decompressor.
var buffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, windowSize) }}

type eofReader struct{}

func (eofReader) Read([]byte) (int, error) { return 0, io.EOF }

// Part unpacks one part. It checks length and CRC at the end, which a reader
// must therefore reach. Close gives its decompressor back.
type Part struct {
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

// Part opens a part for reading.
func (p *Package) Part(name string) (*Part, error) {
	name = PartName(name)
	f := p.parts[name]
	if f == nil {
		return nil, fail(Damaged, "no part %s", name)
	}
	if p.twice[name] {
		return nil, fail(Damaged, "part %s is there twice", name)
	}
	if f.Flags&1 != 0 {
		return nil, fail(Encrypted, "part %s is encrypted", name)
	}
	off, end, err := p.place(f)
	if err != nil {
		return nil, err
	}
	r := &Part{name: name, want: f.CRC32, left: int64(f.UncompressedSize64), size: end - off}
	r.limit = max(ratioFloor, r.size*int64(p.lim.Ratio))
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
			return nil, fail(Damaged, "part %s: %w", name, err)
		}
	default:
		return nil, fail(Damaged, "part %s: compression method %d", name, f.Method)
	}
	return r, nil
}

// place is where the packed bytes of a part lie.
func (p *Package) place(f *zip.File) (off, end int64, err error) {
	if off, err = f.DataOffset(); err != nil {
		return 0, 0, fail(Damaged, "part %s: %w", f.Name, err)
	}
	if end = off + int64(f.CompressedSize64); off < 0 || end < off || end > p.size {
		return 0, 0, fail(Damaged, "part %s runs past the end of the file", f.Name)
	}
	return off, end, nil
}

// Left is how many bytes of the declared length are still to come.
func (r *Part) Left() int64 { return r.left }

// Size is the declared length.
func (r *Part) Size() int64 { return r.left + r.done }

func (r *Part) Read(b []byte) (n int, err error) {
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
		return n, fail(Damaged, "part %s is longer than the directory says", r.name)
	case r.done > r.limit:
		return n, fail(Bomb, "part %s unpacks more than %d times", r.name, r.done/max(1, r.size))
	case err == io.EOF:
		if r.left != 0 || r.crc != r.want {
			return n, fail(Damaged, "part %s: checksum", r.name)
		}
	case err != nil:
		return n, fail(Damaged, "part %s: %w", r.name, err)
	}
	return n, err
}

// Close gives the decompressor back; reading on gives io.EOF.
func (r *Part) Close() {
	if r.inf != nil {
		inflaters.Put(r.inf)
		r.inf = nil
	}
	if r.buf != nil {
		r.buf.Reset(nil)
		buffers.Put(r.buf)
		r.buf = nil
	}
	r.src = eofReader{}
}

// Read unpacks a whole part of at most limit bytes.
func (p *Package) Read(name string, limit int64) ([]byte, error) {
	r, err := p.Part(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if r.left > limit {
		return nil, fail(TooLarge, "part %s has %d bytes", name, r.left)
	}
	// One byte more, so that the end is met without growing; the declared size
	// is believed only as far as it is harmless.
	b := make([]byte, 0, min(r.left, r.size*8+1<<20)+1)
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

// Head unpacks the first bytes of a part, unchecked, since its end is not met.
func (p *Package) Head(name string, n int) ([]byte, error) {
	r, err := p.Part(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b := make([]byte, min(int64(n), r.left))
	got, err := io.ReadFull(r, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return b[:got], err
}
