package opc

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/flate"
)

// How parts are packed.
const (
	Stored = 0 // not at all: what is only read again
	Fast   = 1 // for what is made by the hundred, such as receipts
	Small  = 4 // for what is kept and sent about
)

// Writer writes a package. What it writes depends on the content alone: parts carry no time.
type Writer struct {
	zip   *zip.Writer
	level int
}

// NewWriter begins a package; level is one of the constants.
func NewWriter(out io.Writer, level int) *Writer {
	w := &Writer{zip.NewWriter(out), level}
	w.zip.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return deflate(out, level) })
	return w
}

// Create begins a part, which ends where the next begins.
func (w *Writer) Create(name string) (io.Writer, error) { return w.create(name, time.Time{}) }

func (w *Writer) create(name string, modified time.Time) (io.Writer, error) {
	method := zip.Deflate
	if w.level == Stored {
		method = zip.Store
	}
	return w.zip.CreateHeader(&zip.FileHeader{Name: written(name), Method: method, Modified: modified})
}

// Put writes a part whole.
func (w *Writer) Put(name string, content []byte) error {
	return w.put(name, time.Time{}, content)
}

func (w *Writer) put(name string, modified time.Time, content []byte) error {
	out, err := w.create(name, modified)
	if err == nil {
		_, err = out.Write(content)
	}
	return err
}

// Close ends the package.
func (w *Writer) Close() error { return w.zip.Close() }

// copy copies a part of another package without unpacking it.
func (w *Writer) copy(p *Package, f *zip.File) error {
	off, end, err := p.place(f)
	if err != nil {
		return err
	}
	out, err := w.raw(f.FileHeader)
	if err != nil {
		return err
	}
	if p.data != nil {
		_, err = out.Write(p.data[off:end])
		return err
	}
	_, err = io.Copy(out, io.NewSectionReader(p.src, off, end-off))
	return err
}

// raw begins a part that is packed already, with the header that it had.
func (w *Writer) raw(h zip.FileHeader) (io.Writer, error) {
	h.Name = written(h.Name)
	h.Extra = nil // zip64 and local matters of the old file
	h.Flags &^= 8 // sizes stand in the header now
	return w.zip.CreateRaw(&h)
}

// change writes a part of another package with other content.
func (w *Writer) change(f *zip.File, content []byte) error {
	if len(content) > alike || w.level == Stored {
		return w.put(f.Name, f.Modified, content)
	}
	packed, err := packedAlike(content, w.level)
	if err != nil {
		return err
	}
	h := f.FileHeader
	h.Method, h.CRC32 = zip.Deflate, crc32.ChecksumIEEE(content)
	h.CompressedSize64, h.UncompressedSize64 = uint64(len(packed)), uint64(len(content))
	out, err := w.raw(h)
	if err == nil {
		_, err = out.Write(packed)
	}
	return err
}

// deflaters are kept from one part to the next, by level: making one costs more
// than packing a small part with it.
var deflaters [10]sync.Pool

type deflater struct {
	*flate.Writer
	pool *sync.Pool
}

func deflate(out io.Writer, level int) (io.WriteCloser, error) {
	pool := &deflaters[level]
	if fw, ok := pool.Get().(*flate.Writer); ok {
		fw.Reset(out)
		return deflater{fw, pool}, nil
	}
	fw, err := flate.NewWriter(out, level)
	return deflater{fw, pool}, err
}

func (d deflater) Close() error {
	err := d.Writer.Close()
	d.pool.Put(d.Writer)
	return err
}

// Edit is a package of which some parts are changed, added or left out.
type Edit struct {
	*Package
	changed map[string][]byte // by part name; nil: left out
	added   []string          // names of new parts, in order
	gone    map[string]bool   // parts that were left out, also where a new one has the name now
}

// Edit begins to change a package. One whose names are given twice, or that
// holds a part under a password, can't be: nobody knows which twin a program takes.
func (p *Package) Edit() (*Edit, error) {
	if p.twin != "" {
		return nil, fail(Damaged, "part %s is there twice", p.twin)
	}
	for _, f := range p.files {
		if f.Flags&1 != 0 {
			return nil, fail(Encrypted, "part %s is encrypted", f.Name)
		}
	}
	return &Edit{Package: p, changed: map[string][]byte{}, gone: map[string]bool{}}, nil
}

// Has says whether a part is there, with the changes so far.
func (e *Edit) Has(name string) bool {
	name = PartName(name)
	if c, ok := e.changed[name]; ok {
		return c != nil
	}
	return e.parts[name] != nil
}

// Gone says whether a part of the original was left out, also where another has its name now.
func (e *Edit) Gone(name string) bool { return e.gone[PartName(name)] }

// Size is the declared length of a part of the original, 0 where it has none.
func (e *Edit) Size(name string) int64 {
	if f := e.parts[PartName(name)]; f != nil {
		return int64(f.UncompressedSize64)
	}
	return 0
}

// Read gives a part of at most limit bytes, with the changes so far.
func (e *Edit) Read(name string, limit int64) ([]byte, error) {
	if c := e.changed[PartName(name)]; c != nil {
		return c, nil
	}
	return e.Package.Read(name, limit)
}

// Set changes or adds a part. The content must not change before Bytes.
func (e *Edit) Set(name string, content []byte) {
	key := PartName(name)
	if _, ok := e.changed[key]; !ok && e.parts[key] == nil {
		e.added = append(e.added, name)
	}
	if content == nil {
		content = []byte{}
	}
	e.changed[key] = content
}

// Drop leaves a part of the original out.
func (e *Edit) Drop(name string) {
	if key := PartName(name); e.parts[key] != nil {
		e.changed[key] = nil
		e.gone[key] = true
	}
}

// packable says whether a part lies there unpacked and would gain by packing: pictures don't.
func packable(f *zip.File) bool {
	return f.Method == zip.Store && (strings.HasSuffix(f.Name, ".xml") || strings.HasSuffix(f.Name, ".rels"))
}

// pack packs a part of another package that lies there unpacked, piece by piece.
func (w *Writer) pack(p *Package, f *zip.File) error {
	in, err := p.Part(f.Name)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := w.create(f.Name, f.Modified)
	if err == nil {
		_, err = io.Copy(out, in)
	}
	return err
}

// Bytes writes the package: its parts in their order, those that are not
// changed as they lie there, and the new ones after them. Texts that lie there
// unpacked are packed.
func (e *Edit) Bytes(level int) ([]byte, error) {
	var buf bytes.Buffer
	buf.Grow(int(e.size) + 16<<10)
	w := NewWriter(&buf, level)
	for _, f := range e.files {
		content, changed := e.changed[PartName(f.Name)]
		var err error
		switch {
		case !changed && level != Stored && packable(f):
			err = w.pack(e.Package, f)
		case !changed:
			err = w.copy(e.Package, f)
		case content != nil:
			err = w.change(f, content)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, name := range e.added {
		if err := w.put(name, time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), e.changed[PartName(name)]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
