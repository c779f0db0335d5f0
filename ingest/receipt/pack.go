package receipt

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Limits of what is unpacked of a foreign workbook; all other parts are copied
// as they are, packed.
const (
	maxPart  = 48 << 20 // one part
	maxTotal = 96 << 20 // all parts together
	maxParts = 10_000
)

var errTooLarge = errors.New("receipt: a part of the workbook is too large to be marked")

// pack is a workbook as a zip of parts, of which a few are changed.
type pack struct {
	parts   []*zip.File
	byName  map[string]*zip.File // lower case, slashes, no leading slash
	changed map[string][]byte    // by part name as in byName; nil: left out
	added   []string             // names of new parts, in order
	gone    map[string]bool      // parts that were left out, also where a new one has the name now
	read    int64
}

func openPack(content []byte) (*pack, error) {
	zr, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	if len(zr.File) > maxParts {
		return nil, fmt.Errorf("receipt: %d parts", len(zr.File))
	}
	p := &pack{byName: map[string]*zip.File{}, changed: map[string][]byte{}, gone: map[string]bool{}}
	for _, f := range zr.File {
		name := partName(f.Name)
		if strings.HasSuffix(name, "/") {
			continue // folders say nothing
		}
		if p.byName[name] != nil {
			return nil, fmt.Errorf("receipt: part %s twice", f.Name)
		}
		if f.Flags&1 != 0 {
			return nil, fmt.Errorf("receipt: part %s is encrypted", f.Name)
		}
		p.byName[name] = f
		p.parts = append(p.parts, f)
	}
	return p, nil
}

func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

func (p *pack) has(name string) bool {
	name = partName(name)
	if c, ok := p.changed[name]; ok {
		return c != nil
	}
	return p.byName[name] != nil
}

// size gives how large a part is unpacked, as the zip says.
func (p *pack) size(name string) uint64 {
	if f := p.byName[partName(name)]; f != nil {
		return f.UncompressedSize64
	}
	return 0
}

// get gives a part, with the changes so far.
func (p *pack) get(name string) ([]byte, error) {
	name = partName(name)
	if c, ok := p.changed[name]; ok && c != nil {
		return c, nil
	}
	f := p.byName[name]
	if f == nil {
		return nil, fmt.Errorf("receipt: no part %s", name)
	}
	if f.UncompressedSize64 > maxPart {
		return nil, errTooLarge
	}
	data, err := p.head(name, maxPart+1)
	if err == nil && len(data) > maxPart {
		err = errTooLarge
	}
	if err != nil {
		return nil, err
	}
	if p.read += int64(len(data)); p.read > maxTotal {
		return nil, errTooLarge
	}
	return bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), nil
}

// head gives the first bytes of a part as it came.
func (p *pack) head(name string, n int64) ([]byte, error) {
	f := p.byName[partName(name)]
	if f == nil {
		return nil, fmt.Errorf("receipt: no part %s", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var buf bytes.Buffer
	buf.Grow(int(min(f.UncompressedSize64, uint64(n))) + bytes.MinRead)
	_, err = buf.ReadFrom(io.LimitReader(r, n))
	return buf.Bytes(), err
}

// set changes or adds a part.
func (p *pack) set(name string, data []byte) {
	key := partName(name)
	if _, ok := p.changed[key]; !ok && p.byName[key] == nil {
		p.added = append(p.added, name)
	}
	p.changed[key] = data
}

// drop leaves a part out.
func (p *pack) drop(name string) {
	if p.byName[partName(name)] != nil {
		p.changed[partName(name)] = nil
		p.gone[partName(name)] = true
	}
}

// bytes writes the workbook.
func (p *pack) bytes(size int) ([]byte, error) {
	var buf bytes.Buffer
	buf.Grow(size + 16<<10)
	zw := zip.NewWriter(&buf)
	zw.RegisterCompressor(zip.Deflate, newDeflater)
	write := func(name string, modified time.Time, data []byte) error {
		w, err := zw.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: modified})
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	}
	for _, f := range p.parts {
		data, changed := p.changed[partName(f.Name)]
		var err error
		switch {
		case !changed:
			err = copyRaw(zw, f)
		case data != nil:
			err = write(cleanName(f.Name), f.Modified, data)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, name := range p.added {
		if err := write(name, time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), p.changed[partName(name)]); err != nil {
			return nil, err
		}
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// deflaters are kept from one part to the next: making one costs more than
// packing a small part with it.
var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(io.Discard, flate.BestSpeed) // fails for other levels only
	return w
}}

type deflater struct{ *flate.Writer }

func newDeflater(w io.Writer) (io.WriteCloser, error) {
	fw := deflaters.Get().(*flate.Writer)
	fw.Reset(w)
	return deflater{fw}, nil
}

func (d deflater) Close() error {
	err := d.Writer.Close()
	deflaters.Put(d.Writer)
	return err
}

func cleanName(name string) string {
	return strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/")
}

// copyRaw copies a part without unpacking it.
func copyRaw(zw *zip.Writer, f *zip.File) error {
	r, err := f.OpenRaw()
	if err != nil {
		return err
	}
	h := f.FileHeader
	h.Name = cleanName(h.Name)
	h.Extra = nil // zip64 and local matters of the old file
	h.Flags &^= 8 // sizes stand in the header now
	w, err := zw.CreateRaw(&h)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return err
}

// rel is a relationship of a part.
type rel struct {
	id, typ, target string // typ: what follows the last slash; target: part name
	external        bool
	start, end      int
}

func relsName(part string) string {
	if part == "" { // of the package itself
		return "_rels/.rels"
	}
	return path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
}

// rels gives the relationships of a part, none if it has none.
func (p *pack) rels(part string) ([]rel, []byte, error) {
	name := relsName(part)
	if !p.has(name) {
		return nil, nil, nil
	}
	data, err := p.get(name)
	if err != nil {
		return nil, nil, err
	}
	var rels []rel
	s := &scanner{data: data}
	for {
		t, ok := s.next()
		if !ok {
			return rels, data, nil
		}
		if t.name != "Relationship" || t.closing {
			continue
		}
		typ := t.value(data, "Type")
		target := strings.ReplaceAll(t.value(data, "Target"), `\`, "/")
		end := t.end
		if !t.empty {
			if end, _, _, ok = s.content(t); !ok {
				return nil, nil, errXML
			}
		}
		r := rel{id: t.value(data, "Id"), typ: typ[strings.LastIndexByte(typ, '/')+1:], start: t.start, end: end,
			external: t.value(data, "TargetMode") == "External"}
		if strings.HasPrefix(target, "/") {
			r.target = path.Clean(target[1:])
		} else {
			r.target = path.Join(path.Dir(part), target)
		}
		rels = append(rels, r)
	}
}

// addRel adds a relationship to a part and gives its id.
func (p *pack) addRel(part, typ, target string) (string, error) {
	rels, data, err := p.rels(part)
	if err != nil {
		return "", err
	}
	n := len(rels) + 1
	id := func() string { return "rIdTz" + strconv.Itoa(n) }
	for slices.ContainsFunc(rels, func(r rel) bool { return r.id == id() }) {
		n++
	}
	text := fmt.Sprintf(`<Relationship xmlns="%s" Id="%s" Type="%s" Target="/%s"/>`, nsPackageRels, id(), escape(typ), escape(target))
	if data == nil {
		data = []byte(xmlHead + `<Relationships xmlns="` + nsPackageRels + `">` + text + `</Relationships>`)
	} else if data, err = insertAtEnd(data, "Relationships", text); err != nil {
		return "", err
	}
	p.set(relsName(part), data)
	return id(), nil
}

// dropRels takes relationships away from a part.
func (p *pack) dropRels(part string, which func(rel) bool) error {
	rels, data, err := p.rels(part)
	if err != nil {
		return err
	}
	var edits []edit
	for _, r := range rels {
		if which(r) {
			edits = append(edits, edit{r.start, r.end, ""})
		}
	}
	if edits != nil {
		p.set(relsName(part), splice(data, edits))
	}
	return nil
}

// insertAtEnd puts text before the end tag of the root, which has this name.
func insertAtEnd(data []byte, root, text string) ([]byte, error) {
	s := &scanner{data: data}
	for {
		t, ok := s.next()
		if !ok {
			return nil, errXML
		}
		if t.depth != 0 || t.name != root {
			continue
		}
		if t.empty {
			open := strings.TrimRight(string(data[t.start:t.end-2]), " ") + ">"
			return splice(data, []edit{{t.start, t.end, open + text + "</" + t.prefix + t.name + ">"}}), nil
		}
		if t.closing {
			return splice(data, []edit{{t.start, t.start, text}}), nil
		}
	}
}
