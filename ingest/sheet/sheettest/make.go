// Package sheettest makes workbooks of any shape, broken ones among them, and
// looks at what is read from them.
//
// Words: a [Part] is a member of a zip package, a [Writer] writes records of BIFF,
// a sample is a small file that has something of everything, the corpus is real
// files that lie outside of the repository.
package sheettest

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
)

// Must gives a value that can't fail to be had.
func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// UTF32 encodes a text.
func UTF32(order binary.AppendByteOrder, s string) string {
	var b []byte
	for _, r := range s {
		b = order.AppendUint32(b, uint32(r))
	}
	return string(b)
}

// Part is a member of a package under test.
type Part struct{ Name, Body string }

// Zip packs parts with deflate.
func Zip(parts ...Part) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w := Must(z.CreateHeader(&zip.FileHeader{Name: p.Name, Method: zip.Deflate}))
		Must(w.Write([]byte(p.Body)))
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

const (
	MainNS  = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relNS   = `xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	RelType = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	XMLTop  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)

// XLSX are the parts of a workbook with one sheet; body is what stands
// between <worksheet> and its end.
func XLSX(body string, shared ...string) []Part {
	var sst strings.Builder
	for _, s := range shared {
		if !strings.HasPrefix(s, "<si") {
			s = "<si><t>" + s + "</t></si>"
		}
		sst.WriteString(s)
	}
	return []Part{
		{"[Content_Types].xml", XMLTop + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"_rels/.rels", XMLTop + `<Relationships ` + relNS + `><Relationship Id="rId1" Type="` + RelType + `officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", XMLTop + `<workbook ` + MainNS + `><sheets><sheet name="表一" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", XMLTop + `<Relationships ` + relNS + `><Relationship Id="rId1" Type="` + RelType + `worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + RelType + `sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="` + RelType + `styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", XMLTop + testStyles},
		{"xl/sharedStrings.xml", XMLTop + `<sst ` + MainNS + `>` + sst.String() + `</sst>`},
		{"xl/worksheets/sheet1.xml", XMLTop + `<worksheet ` + MainNS + `>` + body + `</worksheet>`},
	}
}

// testStyles: 0 General, 1 date (14), 2 percent (9), 3 custom date and time,
// 4 Chinese date (31), 5 elapsed time (46), 6 time (20), 7 custom number with
// date letters in quotes, 8 zh-cn time (32).
const testStyles = `<styleSheet ` + MainNS + `><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="0&quot;days&quot;"/></numFmts>` +
	`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="164"/><xf numFmtId="31"/><xf numFmtId="46"/><xf numFmtId="20"/><xf numFmtId="165"/><xf numFmtId="32"/></cellXfs>` +
	`<cellStyles><cellStyle name="Normal" xfId="0"/></cellStyles></styleSheet>`

// With replaces parts by name, adds new ones, and drops those with an empty body.
func With(parts []Part, changes ...Part) []Part {
	out := append([]Part(nil), parts...)
next:
	for _, c := range changes {
		for i := range out {
			if out[i].Name == c.Name {
				out[i] = c
				continue next
			}
		}
		out = append(out, c)
	}
	kept := out[:0]
	for _, p := range out {
		if p.Body != "" {
			kept = append(kept, p)
		}
	}
	return kept
}
