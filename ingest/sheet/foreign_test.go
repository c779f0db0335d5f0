package sheet

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf16"

	"taizhang/internal/cfb/cfbtest"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// read reads the first sheet of a file as dump writes it.
func read(data []byte) string {
	g, err := firstOf(data)
	if err != nil {
		return err.Error()
	}
	return dump(g)
}

// TestOLEHeaders: what a container's header says wrongly of counts and lengths
// keeps nobody from reading it.
func TestOLEHeaders(t *testing.T) {
	body := biffOf([]string{"甲"}, func(w *biffWriter) { w.rec(recLabelSST, le16(0, 0, 0), le32(0)) })
	const want = "A1 text \"甲\"\n"
	put := func(at int, v uint32) func(b []byte) {
		return func(b []byte) { binary.LittleEndian.PutUint32(b[at:], v) }
	}
	short, long := cfbtest.Short("Workbook", body), cfbtest.Pack(map[string][]byte{"Workbook": body})
	dir := 512 + 512*int(binary.LittleEndian.Uint32(long[48:]))
	tests := []struct {
		name   string
		file   []byte
		change func(b []byte)
	}{
		{"right", short, func([]byte) {}},
		{"far too many mini FAT sectors", short, put(64, 17)},
		{"no mini FAT sectors", short, put(64, 0)},
		{"mini FAT sectors without end", short, put(64, 0xffffffff)},
		{"no FAT sectors", short, put(44, 0)},
		{"too many FAT sectors", short, put(44, 1000)},
		{"DIFAT sectors that aren't there", short, put(72, 9)},
		{"a place for DIFAT sectors that aren't there", short, put(68, 0)},
		{"directory sectors counted in version 3", short, put(40, 5)},
		{"another cut-off for short streams", short, put(56, 0)},
		{"garbage above the length", short, put(2*512+128+124, 0xdeadbeef)},
		{"a mini FAT where there are no short streams", long, func(b []byte) { put(60, 1)(b); put(64, 99)(b) }},
		{"mini FAT outside of the file", long, put(60, 4000)},
		{"no tree in the directory", long, put(dir+76, 0xffffffff)},
		{"a tree that bites its tail", long, put(dir+128+72, 1)},
	}
	for _, tt := range tests {
		b := bytes.Clone(tt.file)
		tt.change(b)
		if got := read(b); got != want {
			t.Errorf("%s: %s", tt.name, got)
		}
		if !Complete(b) {
			t.Errorf("%s: held to be unfinished", tt.name)
		}
	}
	for n := 8; n < len(short); n += 7 { // cut: unfinished, but for what fills the last sector up
		filling := n >= 4*512+len(body)
		if got := read(short[:n]); Complete(short[:n]) != filling || (got == want) != filling {
			t.Errorf("cut at %d of %d: complete %v, %s", n, len(short), Complete(short[:n]), got)
		}
	}
	// Short streams in a container without a mini stream lie among the long ones.
	loose := bytes.Clone(long)
	put(dir+128+120, uint32(len(body)))(loose)
	if got := read(loose); got != want {
		t.Errorf("a short stream in sectors: %s", got)
	}
}

func errOf(data []byte) error { _, err := firstOf(data); return err }

// TestNoNumbers: what programs write for 0/0 is the error that Excel shows.
func TestNoNumbers(t *testing.T) {
	const want = "A1 error \"#NUM!\"\nB1 number \"1\"\n"
	inf := math.Inf(-1)
	files := map[string][]byte{
		"xls": xlsOf(nil, func(w *biffWriter) {
			w.rec(recNumber, le16(0, 0, 0), le64(math.NaN()))
			w.rec(recRK, le16(0, 1, 0), le32(6))
		}),
		"xls, -Inf": xlsOf(nil, func(w *biffWriter) { w.rec(recNumber, le16(0, 0, 1), le64(inf)); w.rec(recRK, le16(0, 1, 0), le32(6)) }),
		"xls, RK": xlsOf(nil, func(w *biffWriter) {
			w.rec(recRK, le16(0, 0, 0), le32(0x7ff80000))
			w.rec(recRK, le16(0, 1, 0), le32(6))
		}),
		"xls, multi":  xlsOf(nil, func(w *biffWriter) { w.rec(recMulRK, le16(0, 0), le16(0), le32(0x7ff00000), le16(0), le32(6), le16(1)) }),
		"xlsx":        zipOf(xlsxParts(`<sheetData><row r="1"><c r="A1"><v>NaN</v></c><c r="B1"><v>1</v></c></row></sheetData>`)...),
		"xlsx, C":     zipOf(xlsxParts(`<sheetData><row r="1"><c r="A1"><v>-1.#IND00</v></c><c r="B1"><v>1</v></c></row></sheetData>`)...),
		"xlsx, date":  zipOf(xlsxParts(`<sheetData><row r="1"><c r="A1" s="1"><v>-nan(ind)</v></c><c r="B1"><v>1</v></c></row></sheetData>`)...),
		"spreadsheet": []byte(strings.ReplaceAll(sampleNaN2003, "$", "NaN")),
		"ods":         zipOf(part{"mimetype", "x"}, part{"content.xml", strings.Replace(sampleNaNODS, "$", "Infinity", 1)}),
	}
	for name, data := range files {
		if got := read(data); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

const (
	sampleNaN2003 = `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet Name="x"><Table><Row><Cell><Data Type="Number">$</Data></Cell><Cell><Data Type="Number">1</Data></Cell></Row></Table></Worksheet></Workbook>`
	sampleNaNODS  = `<a><office:body><office:spreadsheet><table:table table:name="x"><table:table-row><table:table-cell office:value-type="float" office:value="$"/><table:table-cell office:value-type="float" office:value="1"/></table:table-row></table:table></office:spreadsheet></office:body></a>`
)

// TestSheetsWithoutPart: modules of Excel 5 stand in the list of sheets without a part.
func TestSheetsWithoutPart(t *testing.T) {
	base := xlsxParts(`<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>`)
	book := func(sheets string) []byte {
		return zipOf(with(base, part{"xl/workbook.xml", `<workbook ` + mainNS + `><sheets>` + sheets + `</sheets></workbook>`})...)
	}
	const table, module = `<sheet name="表一" sheetId="1" r:id="rId1"/>`, `<sheet name="Module1" sheetId="2" state="veryHidden" r:id=""/>`
	for _, list := range []string{table + module, module + table, table + `<sheet name="Module2" sheetId="3"/>`, strings.Replace(module, `""`, `" "`, 1) + table + module} {
		b, err := Open(context.Background(), "x", book(list), Limits{})
		if err != nil {
			t.Errorf("%s: %v", list, err)
		} else if s := b.Sheets(); len(s) != 1 || s[0].Name != "表一" || dump(must(b.Grid(0))) != "A1 number \"1\"\n" {
			t.Errorf("%s: %+v", list, s)
		}
	}
	for _, list := range []string{module, table + `<sheet name="丢了" sheetId="2" r:id="rId99"/>`} {
		if err := errOf(book(list)); asReason(err) != Damaged {
			t.Errorf("%s: %v", list, err)
		}
	}
}

// TestSheetPositions: the positions of the sheets in a .xls may all be wrong.
func TestSheetPositions(t *testing.T) {
	type listed struct {
		name string
		typ  byte
	}
	sheets := []listed{{"甲", 0}, {"图", 2}, {"乙", 0}}
	book := func(place func(right []int) []int) []byte {
		var w biffWriter
		w.rec(0x809, le16(0x600, 5, 0, 0), make([]byte, 8))
		var at []int
		for _, s := range sheets {
			at = append(at, len(w.b)+4)
			w.rec(recBoundSheet, le32(0), []byte{0, s.typ}, wstr(s.name, 1))
		}
		w.rec(recEOF)
		var right []int
		for i, s := range sheets {
			right = append(right, len(w.b))
			w.rec(0x809, le16(0x600, map[byte]int{0: 0x10, 2: 0x20}[s.typ], 0, 0), make([]byte, 8))
			if s.typ == 0 {
				w.rec(0x809, le16(0x600, 0x20, 0, 0), make([]byte, 8)) // a chart inside
				w.rec(recEOF)
				w.rec(recNumber, le16(0, 0, 0), le64(float64(i+1)))
			}
			w.rec(recEOF)
		}
		for i, p := range place(bytesOf(right)) {
			binary.LittleEndian.PutUint32(w.b[at[i]:], uint32(p))
		}
		return cfbtest.Pack(map[string][]byte{"Workbook": w.b})
	}
	for name, place := range map[string]func([]int) []int{
		"right":           func(p []int) []int { return p },
		"all shifted":     func(p []int) []int { return []int{p[0] + 8, p[1] + 8, p[2] + 8} },
		"none":            func(p []int) []int { return []int{0, 0, 0} },
		"past the end":    func(p []int) []int { return []int{1 << 30, 1 << 30, 0xffffffff} },
		"twice the first": func(p []int) []int { return []int{p[0], p[1], p[0]} },
		"at the chart":    func(p []int) []int { return []int{p[1], p[1], p[2]} },
	} {
		b, err := Open(context.Background(), "x", book(place), Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if first, second := dump(must(b.Grid(0))), dump(must(b.Grid(1))); first != "A1 number \"1\"\n" || second != "A1 number \"3\"\n" {
			t.Errorf("%s: %s %s", name, first, second)
		}
	}
}

func bytesOf(p []int) []int { return append([]int(nil), p...) }

// TestXML2003Beginnings: SpreadsheetML is known by its root element.
func TestXML2003Beginnings(t *testing.T) {
	const body = `<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="台账"><Table><Row><Cell><Data ss:Type="String">湘江科技</Data></Cell></Row></Table></Worksheet></Workbook>`
	gbk := must(simplifiedchinese.GB18030.NewEncoder().String(body))
	u16 := func(s string) string {
		var b []byte
		for _, c := range utf16.Encode([]rune(s)) {
			b = binary.LittleEndian.AppendUint16(b, c)
		}
		return string(b)
	}
	for name, text := range map[string]string{
		"no declaration":          body,
		"blank lines before":      "\r\n  " + body,
		"byte order mark":         "\xef\xbb\xbf" + body,
		"mso-application alone":   `<?mso-application progid="Excel.Sheet"?>` + "\n" + body,
		"a comment":               "<!-- 导出 <table> -->\n" + body,
		"prefixed root":           strings.NewReplacer("<Workbook xmlns=", "<ss:Workbook xmlns=", "</Workbook>", "</ss:Workbook>").Replace(body),
		"single quotes":           strings.ReplaceAll(body, `"`, `'`),
		"GBK, not declared":       gbk,
		"GBK declared as UTF-8":   `<?xml version="1.0" encoding="UTF-8"?>` + gbk,
		"GBK declared":            `<?xml version="1.0" encoding="GBK"?>` + gbk,
		"UTF-16":                  "\xff\xfe" + u16(body),
		"UTF-16 without a mark":   u16(body),
		"UTF-16, declared so":     "\xff\xfe" + u16(`<?xml version="1.0" encoding="UTF-16"?>`+body),
		"UTF-32":                  utf32Of(binary.LittleEndian, "\ufeff"+body),
		"UTF-8 declared as UTF-8": `<?xml version="1.0" encoding="utf-8"?>` + body,
	} {
		b, err := Open(context.Background(), "x.xls", []byte(text), Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := dump(must(b.Grid(0))); b.Format != XML2003 || got != "A1 text \"湘江科技\"\n" || b.Sheets()[0].Name != "台账" {
			t.Errorf("%s: %s %s", name, b.Format, got)
		}
	}
	for _, text := range []string{"<Worksheet>a</Worksheet>", "<Workbooks>x</Workbooks>,1", "<!-- a,b\n1,2\n"} {
		if b, err := Open(context.Background(), "x", []byte(text), Limits{}); err == nil && b.Format == XML2003 {
			t.Errorf("%q is taken for SpreadsheetML", text)
		}
	}
}

func utf32Of(order binary.AppendByteOrder, s string) string {
	var b []byte
	for _, r := range s {
		b = order.AppendUint32(b, uint32(r))
	}
	return string(b)
}

// TestBlankCostsNothing: limits count cells with content, wherever blank ones lie.
func TestBlankCostsNothing(t *testing.T) {
	lim := Limits{Rows: 100, Columns: 10}
	var html, rows strings.Builder
	for range 200 {
		html.WriteString("<tr><td></tr>")
	}
	for r := 200; r < 5000; r++ {
		fmt.Fprintf(&rows, `<row r="%d" s="1" customFormat="1"/>`, r)
	}
	const ods = `<a><office:body><office:spreadsheet><table:table table:name="x"><table:table-row><table:table-cell office:value-type="string"><text:p>甲</text:p></table:table-cell><table:table-cell table:style-name="ce1" table:number-columns-repeated="16383"/></table:table-row>` +
		`<table:table-row table:style-name="ro1" table:number-rows-repeated="1048575"><table:table-cell table:style-name="ce1" table:number-columns-repeated="16384" table:number-columns-spanned="16384"/>$</table:table-row></table:table></office:spreadsheet></office:body></a>`
	const xml = `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet Name="x"><Table><Row><Cell><Data Type="String">甲</Data></Cell><Cell Index="16384" StyleID="s1"/></Row><Row Index="1048576"><Cell Index="300" MergeAcross="20000" MergeDown="300"/>$</Row></Table></Worksheet></Workbook>`
	x := func(more string) []byte {
		return zipOf(xlsxParts(`<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>甲</t></is></c><c r="XFD1" s="2"/></row>` + rows.String() +
			`<row r="1048576"><c r="XFC1048576" s="2"></c><c r="XFD1048576" s="2"/>` + more + `</row></sheetData>`)...)
	}
	binary := func(more func(w *biffWriter)) []byte {
		return xlsOf([]string{"甲"}, func(w *biffWriter) {
			w.rec(recLabelSST, le16(0, 0, 0), le32(0))
			w.rec(0x201, le16(0, 255, 1))                       // Blank
			w.rec(0xbe, le16(65535, 0), le16(1, 1, 1), le16(2)) // MulBlank
			w.rec(0x06, le16(65535, 255, 0), []byte{3, 0, 0, 0, 0, 0, 0xff, 0xff}, make([]byte, 8))
			more(w)
		})
	}
	for _, tt := range []struct {
		name          string
		blank, filled []byte
	}{
		{"xlsx", x(""), x(`<c r="XFE1048576"><v>1</v></c>`)},
		{"xlsx, other rows", x("<!-- -->"), x(`<!-- --><c r="B1048576"><v>1</v></c>`)},
		{"xls", binary(func(*biffWriter) {}), binary(func(w *biffWriter) { w.rec(recNumber, le16(65535, 3, 0), le64(1)) })},
		{"ods", zipOf(part{"mimetype", "x"}, part{"content.xml", strings.Replace(ods, "$", "", 1)}),
			zipOf(part{"mimetype", "x"}, part{"content.xml", strings.Replace(ods, "$", `<table:table-cell office:value-type="float" office:value="1"/>`, 1)})},
		{"SpreadsheetML", []byte(strings.Replace(xml, "$", "", 1)), []byte(strings.Replace(xml, "$", `<Cell Index="2"><Data Type="Number">1</Data></Cell>`, 1))},
		{"html", []byte("<table><tr><td>甲" + strings.Repeat("<td>", 40) + "<td colspan=1000 rowspan=60000></tr>" + html.String() + "</table>"),
			[]byte("<table><tr><td>甲" + strings.Repeat("<td>", 40) + "<td>x</tr></table>")},
		{"csv", []byte("甲" + strings.Repeat(",", 40) + strings.Repeat("\n", 7000)), []byte("甲" + strings.Repeat(",", 40) + "x")},
	} {
		for what, data := range map[string][]byte{"blank": tt.blank, "filled": tt.filled} {
			b, err := Open(context.Background(), "x", data, lim)
			var g *Grid
			if err == nil {
				g, err = b.Grid(0)
			}
			switch {
			case what == "filled" && asReason(err) != TooLarge:
				t.Errorf("%s: content far out: %v", tt.name, err)
			case what == "blank" && err != nil:
				t.Errorf("%s: %v", tt.name, err)
			case what == "blank" && (len(g.Rows) != 1 || len(g.Rows[0].Cells) != 1):
				t.Errorf("%s: %s", tt.name, dump(g))
			}
		}
	}
}

// FuzzOLE: a container changed anywhere is read or refused, and Complete never panics.
func FuzzOLE(f *testing.F) {
	body := sampleBIFF()
	f.Add(cfbtest.Short("Workbook", body), uint16(64), uint32(17))
	f.Add(cfbtest.Pack(map[string][]byte{"Book": body}), uint16(76), uint32(3))
	f.Fuzz(func(t *testing.T, data []byte, at uint16, v uint32) {
		if len(data) < 512 || int(at)+4 > len(data) {
			t.Skip()
		}
		copy(data, magicOLE)
		binary.LittleEndian.PutUint32(data[at:], v)
		Complete(data)
		b, err := Open(context.Background(), "x", data, fuzzLimits())
		checkBook(t, b, err)
	})
}
