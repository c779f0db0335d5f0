package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode/utf16"

	"taizhang/internal/cfb/cfbtest"
)

// part is a member of a package under test.
type part struct{ name, body string }

// zipOf packs parts with deflate.
func zipOf(parts ...part) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w := must(z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate}))
		must(w.Write([]byte(p.body)))
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

const (
	mainNS = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relNS  = `xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	relTyp = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	xmlTop = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)

// xlsxParts are the parts of a workbook with one sheet; body is what stands
// between <worksheet> and its end.
func xlsxParts(body string, shared ...string) []part {
	var sst strings.Builder
	for _, s := range shared {
		if !strings.HasPrefix(s, "<si") {
			s = "<si><t>" + s + "</t></si>"
		}
		sst.WriteString(s)
	}
	return []part{
		{"[Content_Types].xml", xmlTop + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"_rels/.rels", xmlTop + `<Relationships ` + relNS + `><Relationship Id="rId1" Type="` + relTyp + `officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", xmlTop + `<workbook ` + mainNS + `><sheets><sheet name="表一" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", xmlTop + `<Relationships ` + relNS + `><Relationship Id="rId1" Type="` + relTyp + `worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + relTyp + `sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="` + relTyp + `styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", xmlTop + testStyles},
		{"xl/sharedStrings.xml", xmlTop + `<sst ` + mainNS + `>` + sst.String() + `</sst>`},
		{"xl/worksheets/sheet1.xml", xmlTop + `<worksheet ` + mainNS + `>` + body + `</worksheet>`},
	}
}

// testStyles: 0 General, 1 date (14), 2 percent (9), 3 custom date and time,
// 4 Chinese date (31), 5 elapsed time (46), 6 time (20), 7 custom number with
// date letters in quotes, 8 zh-cn time (32).
const testStyles = `<styleSheet ` + mainNS + `><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="0&quot;days&quot;"/></numFmts>` +
	`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="164"/><xf numFmtId="31"/><xf numFmtId="46"/><xf numFmtId="20"/><xf numFmtId="165"/><xf numFmtId="32"/></cellXfs>` +
	`<cellStyles><cellStyle name="Normal" xfId="0"/></cellStyles></styleSheet>`

// with replaces parts by name, adds new ones, and drops those with an empty body.
func with(parts []part, changes ...part) []part {
	out := append([]part(nil), parts...)
next:
	for _, c := range changes {
		for i := range out {
			if out[i].name == c.name {
				out[i] = c
				continue next
			}
		}
		out = append(out, c)
	}
	kept := out[:0]
	for _, p := range out {
		if p.body != "" {
			kept = append(kept, p)
		}
	}
	return kept
}

// biffWriter writes BIFF8 records.
type biffWriter struct{ b []byte }

func (w *biffWriter) rec(id int, data ...[]byte) {
	d := bytes.Join(data, nil)
	w.b = binary.LittleEndian.AppendUint16(w.b, uint16(id))
	w.b = binary.LittleEndian.AppendUint16(w.b, uint16(len(d)))
	w.b = append(w.b, d...)
}

func le16(v ...int) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint16(b, uint16(x))
	}
	return b
}

func le32(v int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }
func le64(f float64) []byte {
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(f))
}

// wstr is a 16-bit string with a length of size bytes.
func wstr(s string, size int) []byte {
	u := utf16.Encode([]rune(s))
	b := []byte{byte(len(u))}
	if size == 2 {
		b = le16(len(u))
	}
	b = append(b, 1)
	for _, c := range u {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return b
}

// xlsOf builds a .xls with one sheet. The cell formats: 0 General, 1 date (14),
// 2 percent (9), 3 elapsed (46).
func xlsOf(shared []string, sheet func(w *biffWriter)) []byte {
	return cfbtest.Pack(map[string][]byte{"Workbook": biffOf(shared, sheet)})
}

func biffOf(shared []string, sheet func(w *biffWriter)) []byte {
	var g biffWriter
	g.rec(0x809, le16(0x600, 5, 0, 0), make([]byte, 8))
	g.rec(recCodePage, le16(1200))
	for _, id := range []int{0, 14, 9, 46} {
		g.rec(recXF, le16(0, id), make([]byte, 16))
	}
	at := len(g.b)
	g.rec(recBoundSheet, le32(0), []byte{0, 0}, wstr("表一", 1))
	var segs [][]byte
	cur := append(le32(len(shared)), le32(len(shared))...)
	for _, s := range shared {
		w := wstr(s, 2)
		if len(cur)+len(w) > 8000 {
			segs, cur = append(segs, cur), nil
		}
		cur = append(cur, w...)
	}
	for i, s := range append(segs, cur) {
		g.rec(map[bool]int{true: recSST, false: recContinue}[i == 0], s)
	}
	g.rec(recEOF)
	binary.LittleEndian.PutUint32(g.b[at+4:], uint32(len(g.b)))
	g.rec(0x809, le16(0x600, 0x10, 0, 0), make([]byte, 8))
	sheet(&g)
	g.rec(recEOF)
	return g.b
}

// dump writes a grid as lines of address, kind and text.
func dump(g *Grid) string {
	var b strings.Builder
	for _, r := range g.Rows {
		for _, c := range r.Cells {
			fmt.Fprintf(&b, "%s %v %q", c.Ref(), c.Kind, c.Text)
			if c.Formula {
				b.WriteString(" formula")
			}
			if c.NoValue {
				b.WriteString(" no-value")
			}
			if c.Percent {
				b.WriteString(" percent")
			}
			if r.Hidden {
				b.WriteString(" hidden")
			}
			b.WriteByte('\n')
		}
	}
	for _, m := range g.Merged {
		fmt.Fprintf(&b, "merged %s:%s\n", Ref(m.Top, m.Left), Ref(m.Bottom, m.Right))
	}
	return b.String()
}

// asReason is the id of a refusal, "" for any other error and none.
func asReason(err error) string {
	if r, ok := err.(*Refusal); ok {
		return r.Reason
	}
	return ""
}
