package opc

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// packed makes a package of names and contents, as another program would.
func packed(parts ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w := must(z.CreateHeader(&zip.FileHeader{Name: parts[i], Method: zip.Deflate, Modified: time.Date(2022, 8, 15, 9, 30, 0, 0, time.UTC)}))
		must(io.WriteString(w, parts[i+1]))
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func reason(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

func TestNames(t *testing.T) {
	p := must(Open(packed("[Content_Types].xml", "types", `xl\Worksheets\Sheet1.xml`, "one", "/xl/表.xml", "two", "xl/", ""), Limits{}))
	for name, want := range map[string]string{
		"[content_types].XML": "types", "xl/worksheets/sheet1.xml": "one", "/XL/WORKSHEETS/SHEET1.XML": "one", `xl\worksheets\sheet1.xml`: "one", "xl/表.xml": "two",
	} {
		if got, err := p.Read(name, 100); err != nil || string(got) != want || !p.Has(name) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if p.Has("xl/") || p.Has("xl/worksheets/sheet2.xml") {
		t.Error("a folder or nothing is taken for a part")
	}
	if _, err := p.Read("nosuch", 100); reason(err) != Damaged {
		t.Errorf("a part that isn't there: %v", err)
	}
	if got := p.Names(); !slices.Equal(got, []string{"[Content_Types].xml", `xl\Worksheets\Sheet1.xml`, "/xl/表.xml"}) {
		t.Errorf("names %q", got)
	}
}

func TestResolve(t *testing.T) {
	p := must(Open(packed("xl/worksheets/sheet1.xml", "", "xl/worksheets/表 1.xml", "", "xl/worksheets/a%20b.xml", "", "xl/sharedStrings.xml", ""), Limits{}))
	for _, c := range []struct{ part, target, want string }{
		{"", "xl/workbook.xml", "xl/workbook.xml"},
		{"xl/workbook.xml", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"},
		{"xl/workbook.xml", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"},
		{"xl/workbook.xml", `worksheets\sheet1.xml`, "xl/worksheets/sheet1.xml"},
		{"xl/worksheets/sheet1.xml", "../sharedStrings.xml", "xl/sharedStrings.xml"},
		{"xl/worksheets/sheet1.xml", "./../sharedStrings.xml", "xl/sharedStrings.xml"},
		{"xl/workbook.xml", "worksheets/%E8%A1%A8%201.xml", "xl/worksheets/表 1.xml"},
		{"xl/workbook.xml", "worksheets/a%20b.xml", "xl/worksheets/a%20b.xml"}, // there as it stands
		{"xl/workbook.xml", "worksheets/no%20part.xml", "xl/worksheets/no%20part.xml"},
		{"xl/workbook.xml", "../../../../etc/passwd", "etc/passwd"},
		{"xl/workbook.xml", "%zz", "xl/%zz"},
	} {
		if got := p.Resolve(c.part, c.target); got != c.want {
			t.Errorf("%s → %s: %s, want %s", c.part, c.target, got, c.want)
		}
	}
	for part, want := range map[string]string{"": "_rels/.rels", "xl/workbook.xml": "xl/_rels/workbook.xml.rels", "content.xml": "_rels/content.xml.rels"} {
		if got := RelsName(part); got != want {
			t.Errorf("relationships of %q: %s", part, got)
		}
	}
	if got := RelType("http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet"); got != "worksheet" {
		t.Error(got)
	}
}

// TestLimits: what contradicts a limit, or itself, is an error with its reason, at the latest at the end of the part.
func TestLimits(t *testing.T) {
	blank := strings.Repeat("<row/>", 20<<20)
	book := packed("a.xml", strings.Repeat("x", 1000), "b.xml", "y")
	changed := func(old, with []byte) []byte { return bytes.ReplaceAll(bytes.Clone(book), old, with) }
	size, lie := binary.LittleEndian.AppendUint32(nil, 1000), binary.LittleEndian.AppendUint32(nil, 900)
	more := binary.LittleEndian.AppendUint32(nil, 1100)
	method := bytes.Clone(book)
	at := bytes.Index(method, []byte("PK\x01\x02"))
	method[at+10] = 99
	secret := bytes.Clone(book)
	secret[at+8] |= 1
	far := bytes.Clone(book)
	binary.LittleEndian.PutUint32(far[at+20:], 1<<30)
	for name, c := range map[string]struct {
		data []byte
		lim  Limits
		want Reason
	}{
		"a good one":               {book, Limits{}, ""},
		"more parts":               {book, Limits{Parts: 1}, Bomb},
		"more bytes":               {book, Limits{Bytes: 1000}, Bomb},
		"an absurd ratio":          {packed("a.xml", blank), Limits{}, Bomb},
		"longer than it says":      {changed(size, lie), Limits{}, Damaged},
		"shorter than it says":     {changed(size, more), Limits{}, Damaged},
		"an unknown method":        {method, Limits{}, Damaged},
		"a ZIP password":           {secret, Limits{}, Encrypted},
		"runs past the end":        {far, Limits{}, Damaged},
		"twice, not the same":      {packed("a.xml", "1", "A.xml", "2"), Limits{}, Damaged},
		"twice the same":           {packed("a.xml", "1", "A.xml", "1"), Limits{}, ""},
		"cut off":                  {book[:len(book)-30], Limits{}, Damaged},
		"no zip":                   {[]byte("PK\x03\x04 but nothing else"), Limits{}, Damaged},
		"an absurd ratio, allowed": {packed("a.xml", blank), Limits{Ratio: 5000}, ""},
	} {
		for _, way := range []string{"in memory", "piece by piece"} {
			p, err := Open(c.data, c.lim)
			if way != "in memory" {
				p, err = OpenAt(bytes.NewReader(c.data), int64(len(c.data)), c.lim)
			}
			if err == nil {
				_, err = p.Read("a.xml", 1<<30)
			}
			if reason(err) != c.want || c.want == "" && err != nil {
				t.Errorf("%s, %s: %v", name, way, err)
			}
		}
	}
	p := must(Open(book, Limits{}))
	if _, err := p.Read("a.xml", 999); reason(err) != TooLarge {
		t.Errorf("more than is taken: %v", err)
	}
	if head, err := p.Head("a.xml", 10); err != nil || string(head) != "xxxxxxxxxx" {
		t.Errorf("head %q, %v", head, err)
	}
	if head, err := p.Head("b.xml", 10); err != nil || string(head) != "y" {
		t.Errorf("head %q, %v", head, err)
	}
	for name, data := range map[string][]byte{"twins": packed("a", "1", "A", "1"), "a password": secret} {
		if _, err := must(Open(data, Limits{})).Edit(); err == nil {
			t.Errorf("%s: edited", name)
		}
	}
}

// rawParts gives the packed bytes of each part, by name.
func rawParts(t *testing.T, data []byte) (names []string, raw map[string]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	raw = map[string]string{}
	for _, f := range z.File {
		names = append(names, f.Name)
		raw[f.Name] = string(must(io.ReadAll(must(f.OpenRaw()))))
		r := must(f.Open())
		if _, err := io.ReadAll(r); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	return names, raw
}

// TestEdit: only what changes is packed anew; all else is copied packed, byte for byte.
// TestEditPacks: texts that lie in a package unpacked, as in one made to be edited, are packed; pictures stay as they are.
func TestEditPacks(t *testing.T) {
	sheet := strings.Repeat("<row><c><v>1</v></c></row>", 5000)
	var buf bytes.Buffer
	w := NewWriter(&buf, Stored)
	for _, p := range [][2]string{{"xl/worksheets/sheet1.xml", sheet}, {"xl/media/image1.png", sheet}, {"xl/workbook.xml", "book"}} {
		if err := w.Put(p[0], []byte(p[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	e := must(must(Open(buf.Bytes(), Limits{})).Edit())
	e.Set("xl/workbook.xml", []byte("changed"))
	out := must(e.Bytes(Fast))
	r := must(zip.NewReader(bytes.NewReader(out), int64(len(out))))
	for _, f := range r.File {
		if packed := f.CompressedSize64 < uint64(len(sheet))/2; strings.HasPrefix(f.Name, "xl/media/") == packed {
			t.Errorf("%s takes %d bytes", f.Name, f.CompressedSize64)
		}
	}
	p := must(Open(out, Limits{}))
	if got := must(p.Read("xl/worksheets/sheet1.xml", 1<<20)); string(got) != sheet {
		t.Error("the sheet is another")
	}
}

func TestEdit(t *testing.T) {
	sheet := strings.Repeat("<row><c><v>1</v></c></row>", 5000)
	book := packed("[Content_Types].xml", "types", "xl/workbook.xml", "book", "/xl/worksheets/Sheet1.xml", sheet, "xl/calcChain.xml", "chain", "xl/vbaProject.bin", "macro")
	for _, way := range []string{"in memory", "piece by piece"} {
		p := must(Open(book, Limits{}))
		if way != "in memory" {
			p = must(OpenAt(bytes.NewReader(book), int64(len(book)), Limits{}))
		}
		e := must(p.Edit())
		e.Set("XL/workbook.xml", []byte("changed"))
		e.Drop("xl/calcChain.xml")
		e.Drop("xl/vbaproject.bin")
		e.Drop("never there")
		e.Set("xl/receipt.xml", []byte("first"))
		e.Set("xl/receipt.xml", []byte("new"))
		e.Set("xl/vbaProject.bin", []byte("another"))
		if e.Has("xl/calcchain.xml") || !e.Gone("xl/calcChain.xml") || !e.Gone("xl/vbaProject.bin") || e.Gone("xl/workbook.xml") || !e.Has("xl/Receipt.xml") {
			t.Error("what is there, what is gone")
		}
		if e.Size("xl/worksheets/sheet1.xml") != int64(len(sheet)) || e.Size("xl/receipt.xml") != 0 {
			t.Error("sizes")
		}
		out := must(e.Bytes(Fast))
		names, raw := rawParts(t, out)
		if want := "[Content_Types].xml xl/workbook.xml xl/worksheets/Sheet1.xml xl/vbaProject.bin xl/receipt.xml"; strings.Join(names, " ") != want {
			t.Errorf("%s: parts %v", way, names)
		}
		_, was := rawParts(t, book)
		if raw["[Content_Types].xml"] != was["[Content_Types].xml"] || raw["xl/worksheets/Sheet1.xml"] != was["/xl/worksheets/Sheet1.xml"] {
			t.Errorf("%s: an untouched part was packed anew", way)
		}
		again := must(Open(out, Limits{}))
		for name, want := range map[string]string{"xl/workbook.xml": "changed", "xl/worksheets/sheet1.xml": sheet, "xl/receipt.xml": "new", "xl/vbaproject.bin": "another"} {
			if got, err := again.Read(name, 1<<20); err != nil || string(got) != want {
				t.Errorf("%s: %s: %.40q, %v", way, name, got, err)
			}
			if got, err := e.Read(name, 1<<20); err != nil || string(got) != want {
				t.Errorf("%s: %s before it is written: %.40q, %v", way, name, got, err)
			}
		}
		if !bytes.Equal(out, must(e.Bytes(Fast))) {
			t.Errorf("%s: the same edit gives other bytes", way)
		}
	}
}

// TestWriter: at any level what is written is read again, and depends on the content alone.
func TestWriter(t *testing.T) {
	write := func(level int) []byte {
		var b bytes.Buffer
		w := NewWriter(&b, level)
		for i := range 20 {
			if err := w.Put(fmt.Sprintf("/xl/part%d.xml", i), []byte(strings.Repeat(fmt.Sprint("<v>", i), 300*i))); err != nil {
				t.Fatal(err)
			}
		}
		out := must(w.Create("last"))
		must(io.WriteString(out, "piece "))
		must(io.WriteString(out, "by piece"))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	var sizes []int
	for _, level := range []int{Stored, Fast, Small} {
		out := write(level)
		sizes = append(sizes, len(out))
		p := must(Open(out, Limits{}))
		for i := range 20 {
			if got, err := p.Read(fmt.Sprintf("xl/part%d.xml", i), 1<<20); err != nil || string(got) != strings.Repeat(fmt.Sprint("<v>", i), 300*i) {
				t.Errorf("level %d, part %d: %d bytes, %v", level, i, len(got), err)
			}
		}
		if got, err := p.Read("last", 100); err != nil || string(got) != "piece by piece" {
			t.Errorf("level %d: %q, %v", level, got, err)
		}
		done := make(chan []byte)
		for range 4 {
			go func() { done <- write(level) }()
		}
		for range 4 {
			if !bytes.Equal(<-done, out) {
				t.Errorf("level %d: the same content gives other bytes", level)
			}
		}
	}
	if sizes[0] <= sizes[1] || sizes[1] < sizes[2] {
		t.Errorf("sizes by level: %v", sizes)
	}
}

// FuzzOpen: no package, however it is made, does more than be refused; what can be edited is whole afterwards.
func FuzzOpen(f *testing.F) {
	f.Add(packed("[Content_Types].xml", "types", "xl/workbook.xml", strings.Repeat("book", 500)))
	f.Add(packed("a", "1", "A", "2", "/", "", `\x\`, "y"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Open(data, Limits{Bytes: 8 << 20, Parts: 100})
		if err != nil {
			if reason(err) == "" {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		whole := true
		for _, n := range p.Names() {
			b, err := p.Read(n, 4<<20)
			if err != nil && reason(err) == "" {
				t.Fatalf("%q: an error of another kind: %v", n, err)
			}
			whole = whole && err == nil
			if q, qerr := OpenAt(bytes.NewReader(data), int64(len(data)), Limits{Bytes: 8 << 20, Parts: 100}); qerr != nil {
				t.Fatal(qerr)
			} else if c, cerr := q.Read(n, 4<<20); (cerr == nil) != (err == nil) || !bytes.Equal(b, c) {
				t.Fatalf("%q is read in two ways: %v, %v", n, err, cerr)
			}
		}
		e, err := p.Edit()
		if err != nil {
			return
		}
		e.Set("taizhang.xml", []byte("new"))
		out, err := e.Bytes(Fast)
		if err != nil || !whole {
			return
		}
		again, err := Open(out, Limits{})
		if err != nil {
			t.Fatalf("what was edited can't be opened: %v", err)
		}
		if got, err := again.Read("taizhang.xml", 10); err != nil || string(got) != "new" {
			t.Fatalf("%q, %v", got, err)
		}
	})
}

// TestEditAlike: what is kept of parts that were changed alike gives each package its own content, also when there is more
// than can be kept, and the same bytes every time.
func TestEditAlike(t *testing.T) {
	base := packed("a.xml", "a", "b.xml", "b")
	edited := func(n int) []byte {
		e := must(must(Open(base, Limits{})).Edit())
		e.Set("a.xml", []byte("the same in all"))
		e.Set("b.xml", []byte(strings.Repeat(fmt.Sprint(n, " "), alike/16)))
		return must(e.Bytes(Fast))
	}
	done := make(chan error)
	for worker := range 4 {
		go func() {
			for i := range 2 * alikeKept / alike {
				n := i*(worker%2+1) + worker
				out := edited(n)
				p := must(Open(out, Limits{}))
				a, b := string(must(p.Read("a.xml", 100))), string(must(p.Read("b.xml", 1<<20)))
				if a != "the same in all" || b != strings.Repeat(fmt.Sprint(n, " "), alike/16) || !bytes.Equal(out, edited(n)) {
					done <- fmt.Errorf("package %d: %s, %.20s", n, a, b)
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
