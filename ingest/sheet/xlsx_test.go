package sheet

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// gridOf reads the first sheet both ways and insists that they agree.
func gridOf(t testing.TB, parts []part) (*Grid, error) {
	t.Helper()
	data := zipOf(parts...)
	quick, errQ := firstGrid(data, false)
	slow, errS := firstGrid(data, true)
	if (errQ == nil) != (errS == nil) || errQ != nil && asReason(errQ) != asReason(errS) {
		t.Fatalf("quick: %v, slow: %v", errQ, errS)
	}
	if errQ == nil && dump(quick) != dump(slow) {
		t.Fatalf("quick and slow differ:\n%s---\n%s", dump(quick), dump(slow))
	}
	return quick, errQ
}

func firstGrid(data []byte, slowOnly bool) (*Grid, error) {
	b, err := Open(context.Background(), "x", data, Limits{})
	if err != nil {
		return nil, err
	}
	if w, ok := b.src.(*workbook); ok {
		w.slowOnly = slowOnly
	}
	return b.Grid(0)
}

func TestXLSXCells(t *testing.T) {
	row := func(cells string) string { return `<sheetData><row r="1">` + cells + `</row></sheetData>` }
	tests := []struct {
		name, body string
		shared     []string
		want       string
	}{
		{"number", row(`<c r="A1"><v>1.50</v></c><c r="B1" t="n"><v>-0</v></c><c r="C1"><v>4.4999999999999998E-2</v></c><c r="D1"><v>0.30000000000000004</v></c>`), nil,
			"A1 number \"1.5\"\nB1 number \"0\"\nC1 number \"0.045\"\nD1 number \"0.30000000000000004\"\n"},
		{"long digits stay whole", row(`<c r="A1"><v>430302199001011234</v></c><c r="B1"><v>1E+20</v></c><c r="C1"><v> 12 </v></c>`), nil,
			"A1 number \"430302199001011234\"\nB1 number \"100000000000000000000\"\nC1 number \"12\"\n"},
		{"what is no number to IEEE 754", row(`<c r="A1"><v>NaN</v></c><c r="B1"><v>-Infinity</v></c><c r="C1"><v>1</v></c>`), nil,
			"A1 error \"#NUM!\"\nB1 error \"#NUM!\"\nC1 number \"1\"\n"},
		{"percent", row(`<c r="A1" s="2"><v>0.85</v></c>`), nil, "A1 number \"0.85\" percent\n"},
		{"dates by built-in, custom and Chinese formats", row(`<c r="A1" s="1"><v>44564</v></c><c r="B1" s="3"><v>44564.354166666664</v></c><c r="C1" s="4"><v>44564</v></c>`), nil,
			"A1 date \"2022-01-03\"\nB1 date \"2022-01-03T08:30:00\"\nC1 date \"2022-01-03\"\n"},
		{"times", row(`<c r="A1" s="5"><v>1.5</v></c><c r="B1" s="6"><v>0.354166666666667</v></c><c r="C1" s="6"><v>44564.5</v></c><c r="D1" s="8"><v>0.5</v></c>`), nil,
			"A1 time \"36:00:00\"\nB1 time \"8:30:00\"\nC1 date \"2022-01-03T12:00:00\"\nD1 time \"12:00:00\"\n"},
		{"date letters in quotes are no date", row(`<c r="A1" s="7"><v>15</v></c>`), nil, "A1 number \"15\"\n"},
		{"1900 was no leap year", row(`<c r="A1" s="1"><v>1</v></c><c r="B1" s="1"><v>59</v></c><c r="C1" s="1"><v>61</v></c>`), nil,
			"A1 date \"1900-01-01\"\nB1 date \"1900-02-28\"\nC1 date \"1900-03-01\"\n"},
		{"impossible serials stay numbers", row(`<c r="A1" s="1"><v>-1</v></c><c r="B1" s="1"><v>3000000</v></c><c r="C1" s="1"><v>0</v></c>`), nil,
			"A1 number \"-1\"\nB1 number \"3000000\"\nC1 number \"0\"\n"},
		{"booleans and errors", row(`<c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="e"><v>#DIV/0!</v></c>`), nil,
			"A1 bool \"TRUE\"\nB1 bool \"FALSE\"\nC1 error \"#DIV/0!\"\n"},
		{"strict dates", row(`<c r="A1" t="d"><v>2022-01-03</v></c><c r="B1" t="d"><v>2022-01-03T08:30:00.4Z</v></c><c r="C1" t="d"><v>PT10H10M10S</v></c><c r="D1" t="d"><v>08:30:00</v></c>`), nil,
			"A1 date \"2022-01-03\"\nB1 date \"2022-01-03T08:30:00\"\nC1 time \"10:10:10\"\nD1 time \"8:30:00\"\n"},
		{"shared strings", row(`<c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c><c r="E1" t="s"><v>4</v></c>`),
			[]string{"甲 &amp; 乙", " 007 ", `<si><r><t>双</t></r><r><rPr><b/></rPr><t xml:space="preserve">马 </t></r><rPh sb="0" eb="1"><t>ma</t></rPh></si>`, `<si/>`, `<si><t><![CDATA[<a> & b]]></t></si>`},
			"A1 text \" 007 \"\nB1 text \"甲 & 乙\"\nC1 text \"双马 \"\nE1 text \"<a> & b\"\n"},
		{"escapes and line ends", row(`<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>`),
			[]string{"一_x000D_\n二&#13;三", "a_x005F_x000D_b\r\nc_x000D_\r\nd", "_xZZZZ_ _x4E00_ &#x4e00;"},
			"A1 text \"一\\n二\\n三\"\nB1 text \"a_x000D_b\\nc\\nd\"\nC1 text \"_xZZZZ_ _x4E00_ 一\"\n"},
		{"inline strings", row(`<c r="A1" t="inlineStr"><is><t>甲</t></is></c><c r="B1" t="inlineStr"><is><r><t>乙</t></r><r><t>丙</t></r></is></c><c r="C1"><is><t>无类型</t></is></c><c r="D1" t="inlineStr"><is><t/></is></c><c r="E1" t="inlineStr"><is><t xml:space="preserve"> x </t></is></c>`), nil,
			"A1 text \"甲\"\nB1 text \"乙丙\"\nC1 text \"无类型\"\nE1 text \" x \"\n"},
		{"formulas", row(`<c r="A1"><f>B1+1</f><v>3</v></c><c r="B1" t="str"><f t="shared" si="0"/><v>a &lt; b</v></c><c r="C1"><f>SUM(A1:B1)</f></c><c r="D1"><f>X</f><v></v></c><c r="E1" t="str"><f>""</f><v></v></c><c r="F1"><f>Y</f><v/></c>`), nil,
			"A1 number \"3\" formula\nB1 text \"a < b\" formula\nC1 empty \"\" formula no-value\nD1 empty \"\" formula no-value\nF1 empty \"\" formula no-value\n"},
		{"empty style", row(`<c r="A1" s=""><v>5</v></c><c r="B1" s="" t="s"><v>0</v></c><c r="C1" s="99"><v>6</v></c>`), []string{"甲"},
			"A1 number \"5\"\nB1 text \"甲\"\nC1 number \"6\"\n"},
		{"blank cells", row(`<c r="A1" s="1"/><c r="B1"></c><c r="C1"><v></v></c><c r="D1" t="s"><v></v></c><c r="E1"><v>1</v></c>`), nil, "E1 number \"1\"\n"},
		{"cells without addresses", `<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row></sheetData>`, nil, "A1 number \"1\"\nB1 number \"2\"\nA2 number \"3\"\n"},
		{"rows without numbers, cells with", `<sheetData><row><c r="A3"><v>1</v></c><c r="B3"><v>2</v></c></row><row><c r="A4"><v>3</v></c></row><row><c><v>4</v></c></row></sheetData>`, nil, "A3 number \"1\"\nB3 number \"2\"\nA4 number \"3\"\nA5 number \"4\"\n"},
		{"small letters and dollars", row(`<c r="b1"><v>2</v></c><c r="$C$1"><v>3</v></c>`), nil, "B1 number \"2\"\nC1 number \"3\"\n"},
		{"cells out of order", row(`<c r="C1"><v>3</v></c><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c>`), nil, "A1 number \"1\"\nB1 number \"2\"\nC1 number \"3\"\n"},
		{"rows out of order", `<sheetData><row r="3"><c r="A3"><v>3</v></c></row><row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="B3"><v>4</v></c></row></sheetData>`, nil, "A1 number \"1\"\nA3 number \"3\"\nB3 number \"4\"\n"},
		{"equal twins", row(`<c r="A1"><v>1</v></c><c r="A1"><v>1</v></c>`), nil, "A1 number \"1\"\n"},
		{"phantom rows", `<sheetData>` + strings.Repeat(`<row/>`, 3) + `<row r="9" hidden="1"><c r="A9"><v>1</v></c></row><row r="10" spans="1:2" hidden="0"/></sheetData>`, nil, "A9 number \"1\" hidden\n"},
		{"white space in tags", "<sheetData>\n<row\n r=\"7\" ><c\tr='A7'\n><v>1</v></c>\n</row >\n</sheetData>", nil, "A7 number \"1\"\n"},
		{"unknown attributes and elements", row(`<c r="A1" cm="1" vm="2"><v>1</v><extLst><ext><v>9</v></ext></extLst></c><x/><c r="B1"><v>2</v></c>`), nil, "A1 number \"1\"\nB1 number \"2\"\n"},
		{"comments and CDATA", row(`<!-- <c r="A1"><v>9</v></c> --><c r="A1"><v><![CDATA[12]]></v></c><c r="B1" t="str"><v>a<!-- x -->b</v></c><?pi ?>`), nil, "A1 number \"12\"\nB1 text \"ab\"\n"},
		{"merged", row(`<c r="A1"><v>1</v></c>`) + `<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="B4:B2"/></mergeCells>`, nil, "A1 number \"1\"\nmerged A1:C1\nmerged B2:B4\n"},
		{"no rows", `<sheetData/>`, nil, ""},
		{"wrong dimension", `<dimension ref="A1"/>` + row(`<c r="XFD1"><v>1</v></c>`), nil, "XFD1 number \"1\"\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, err := gridOf(t, xlsxParts(tt.body, tt.shared...))
			if err != nil {
				t.Fatal(err)
			}
			if got := dump(g); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

// TestXLSXPackage is about where things stand in the package.
func TestXLSXPackage(t *testing.T) {
	base := xlsxParts(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>1000</v></c></row></sheetData>`, "甲")
	sheetXML := base[6].body
	utf16le := func(s string) string {
		b := []byte{0xff, 0xfe}
		for _, c := range utf16.Encode([]rune(s)) {
			b = binary.LittleEndian.AppendUint16(b, c)
		}
		return string(b)
	}
	book := func(pr, attrs string) part {
		return part{"xl/workbook.xml", xmlTop + `<workbook ` + mainNS + `>` + pr + `<sheets><sheet name="表一" sheetId="1" r:id="rId1"` + attrs + `/></sheets><extLst><x15:workbookPr date1904="0" xmlns:x15="x"/></extLst></workbook>`}
	}
	prefixed := regexp.MustCompile(`<(/?)([a-z])`).ReplaceAllString(strings.TrimPrefix(sheetXML, xmlTop), "<${1}x:$2")
	const want = "A1 text \"甲\"\nB1 date \"1902-09-26\"\n"
	tests := []struct {
		name  string
		parts []part
		want  string
	}{
		{"usual", base, want},
		{"1904", with(base, book(`<workbookPr date1904="1"/>`, "")), "A1 text \"甲\"\nB1 date \"1906-09-27\"\n"},
		{"shared strings elsewhere", with(base, part{"xl/sharedStrings.xml", ""}, part{"strings/S.xml", base[5].body},
			part{"xl/_rels/workbook.xml.rels", strings.Replace(base[3].body, `Target="sharedStrings.xml"`, `Target="/strings/S.xml"`, 1)}), want},
		{"other case", with(base, part{"xl/worksheets/sheet1.xml", ""}, part{"XL/Worksheets/SHEET1.xml", sheetXML}), want},
		{"backslashes", with(base, part{"xl/worksheets/sheet1.xml", ""}, part{`xl\worksheets\sheet1.xml`, sheetXML}), want},
		{"escaped target", with(base, part{"xl/worksheets/sheet1.xml", ""}, part{"xl/worksheets/表 1.xml", sheetXML},
			part{"xl/_rels/workbook.xml.rels", strings.Replace(base[3].body, `worksheets/sheet1.xml`, `worksheets/%E8%A1%A8%201.xml`, 1)}), want},
		{"UTF-16", with(base, part{"xl/worksheets/sheet1.xml", utf16le(strings.Replace(sheetXML, "UTF-8", "UTF-16", 1))}), want},
		{"byte order mark", with(base, part{"xl/worksheets/sheet1.xml", "\ufeff" + sheetXML}), want},
		{"wrongly declared UTF-16", with(base, part{"xl/worksheets/sheet1.xml", strings.Replace(sheetXML, "UTF-8", "utf-16", 1)}), want},
		{"GB2312", with(base, part{"xl/sharedStrings.xml", `<?xml version="1.0" encoding="gb2312"?><sst ` + mainNS + "><si><t>\xbc\xd7</t></si></sst>"}), want},
		{"prefixes", with(base, part{"xl/worksheets/sheet1.xml", prefixed}), want},
		{"no styles", with(base, part{"xl/styles.xml", ""}), "A1 text \"甲\"\nB1 number \"1000\"\n"},
		{"external relationship", with(base, part{"xl/_rels/workbook.xml.rels", strings.Replace(base[3].body, "</Relationships>", `<Relationship Id="rId9" Type="`+relTyp+`externalLink" TargetMode="External" Target="file:///etc/passwd"/></Relationships>`, 1)}), want},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, err := gridOf(t, tt.parts)
			if err != nil {
				t.Fatal(err)
			}
			if got := dump(g); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
	for attr, hidden := range map[string]bool{"": false, ` state="visible"`: false, ` state="hidden"`: true, ` state="veryHidden"`: true} {
		b := must(Open(context.Background(), "x", zipOf(with(base, book("", attr))...), Limits{}))
		if s := b.Sheets()[0]; s.Hidden != hidden || s.Name != "表一" || b.Format != XLSX || b.Macros {
			t.Errorf("state%q: %+v, %s", attr, s, b.Format)
		}
	}
	if b := must(Open(context.Background(), "x", zipOf(with(base, part{"xl/vbaProject.bin", "x"})...), Limits{})); !b.Macros || b.Format != XLSM {
		t.Errorf("macros: %v %s", b.Macros, b.Format)
	}
}

func TestXLSXRefusals(t *testing.T) {
	cells := func(c string) []part {
		return xlsxParts(`<sheetData><row r="1">`+c+`</row></sheetData>`, "甲")
	}
	good := cells(`<c r="A1" t="s"><v>0</v></c>`)
	twice := zipOf(append(good, part{"XL/worksheets/sheet1.xml", "<worksheet/>"})...)
	tests := []struct {
		name   string
		data   []byte
		reason string
	}{
		{"entity", zipOf(with(good, part{"xl/worksheets/sheet1.xml", `<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>`})...), Bomb},
		{"doctype", zipOf(with(good, part{"xl/sharedStrings.xml", `<!DOCTYPE sst SYSTEM "http://x/y"><sst/>`})...), Bomb},
		{"undefined entity", zipOf(cells(`<c r="A1" t="str"><v>&xxe;</v></c>`)...), Bomb},
		{"deep", zipOf(with(good, part{"xl/worksheets/sheet1.xml", "<worksheet>" + strings.Repeat("<a>", 1000)})...), Bomb},
		{"shared string out of range", zipOf(cells(`<c r="A1" t="s"><v>7</v></c>`)...), Damaged},
		{"no shared strings", zipOf(with(good, part{"xl/sharedStrings.xml", ""})...), Damaged},
		{"no number", zipOf(cells(`<c r="A1"><v>abc</v></c>`)...), Damaged},
		{"hex is no number", zipOf(cells(`<c r="A1"><v>0x10</v></c>`)...), Damaged},
		{"unknown type", zipOf(cells(`<c r="A1" t="zz"><v>1</v></c>`)...), Damaged},
		{"cell of another row", zipOf(cells(`<c r="A2"><v>1</v></c>`)...), Damaged},
		{"cells of two rows in one without a number", zipOf(xlsxParts(`<sheetData><row><c r="A3"><v>1</v></c><c r="A4"><v>2</v></c></row></sheetData>`)...), Damaged},
		{"unequal twins", zipOf(cells(`<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>`)...), Damaged},
		{"row 0", zipOf(xlsxParts(`<sheetData><row r="0"><c><v>1</v></c></row></sheetData>`)...), Damaged},
		{"row too far", zipOf(xlsxParts(`<sheetData><row r="1048577"><c><v>1</v></c></row></sheetData>`)...), TooLarge},
		{"column too far", zipOf(cells(`<c r="XFE1"><v>1</v></c>`)...), TooLarge},
		{"not UTF-8", zipOf(cells("<c r=\"A1\" t=\"str\"><v>\xff</v></c>")...), Damaged},
		{"shared not UTF-8", zipOf(with(good, part{"xl/sharedStrings.xml", "<sst><si><t>\xff</t></si></sst>"})...), Damaged},
		{"part given twice", twice, Damaged},
		{"sheet without a part", zipOf(with(good, part{"xl/worksheets/sheet1.xml", ""})...), Damaged},
		{"html as sheet", zipOf(with(good, part{"xl/worksheets/sheet1.xml", "<html></html>"})...), Damaged},
		{"no workbook", zipOf(part{"[Content_Types].xml", "<Types/>"}), Damaged},
		{"other zip", zipOf(part{"a.txt", "x"}), NotASheet},
		{"docx", zipOf(part{"[Content_Types].xml", "<Types/>"}, part{"word/document.xml", "x"}), NotASheet},
		{"xlsb", zipOf(part{"[Content_Types].xml", "<Types/>"}, part{"xl/workbook.bin", "x"}), Unsupported},
		{"cut off", zipOf(good...)[:400], Damaged},
		{"empty zip", zipOf(), Damaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, slow := range []bool{false, true} {
				_, err := firstGrid(tt.data, slow)
				checkRefusal(t, err, tt.reason)
			}
		})
	}
}

func checkRefusal(t testing.TB, err error, reason string) {
	t.Helper()
	r, ok := err.(*Refusal)
	if !ok || r.Reason != reason {
		t.Errorf("got %v, want refusal %s", err, reason)
		return
	}
	if r.Message == "" || strings.Contains(r.Error(), "panic:") {
		t.Errorf("message %q, error %v", r.Message, r)
	}
}

// TestXLSXCutAnywhere: a sheet that ends early is refused, wherever it ends.
func TestXLSXCutAnywhere(t *testing.T) {
	parts := xlsxParts(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>1</f><v>12</v></c></row><row r="2" hidden="1"><c r="A2" t="inlineStr"><is><t>乙</t></is></c></row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>`, "甲")
	whole := parts[6].body
	for n := range len(whole) {
		if _, err := gridOf(t, with(parts, part{"xl/worksheets/sheet1.xml", whole[:n] + " "})); err == nil {
			t.Fatalf("read although cut at %d: …%q", n, whole[max(0, n-20):n])
		}
	}
}

// TestZipFlippedBytes: a flipped byte is refused or makes no difference.
func TestZipFlippedBytes(t *testing.T) {
	data := zipOf(xlsxParts(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>12</v></c></row></sheetData>`, "甲")...)
	want := dump(must(firstGrid(data, false)))
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 0x10
		g, err := firstGrid(bad, false)
		if err == nil && dump(g) != want {
			t.Errorf("byte %d flipped: read as\n%s", i, dump(g))
		}
		if err != nil && strings.Contains(err.Error(), "panic:") {
			t.Errorf("byte %d flipped: %v", i, err)
		}
	}
}

// TestXLSXWindow: rows cut by the window's edge, and rows and strings larger
// than the window, are read like any other.
func TestXLSXWindow(t *testing.T) {
	long := strings.Repeat("很长的文字", 20_000)
	var body strings.Builder
	body.WriteString(`<sheetData>`)
	for r := 1; r <= 3000; r++ {
		fmt.Fprintf(&body, `<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d" t="inlineStr"><is><t>行%d</t></is></c></row>`, r, r, r*7, r, r)
	}
	fmt.Fprintf(&body, `<row r="3001"><c r="A3001" t="s"><v>0</v></c><c r="B3001" t="inlineStr"><is><t>%s</t></is></c></row></sheetData>`, long)
	g, err := gridOf(t, xlsxParts(body.String(), long))
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range g.Rows[:3000] {
		if r.N != i+1 || len(r.Cells) != 2 || r.Cells[0].Num != float64(7*(i+1)) || r.Cells[1].Text != fmt.Sprintf("行%d", i+1) {
			t.Fatalf("row %d: %+v", i+1, r)
		}
	}
	if c := g.Rows[3000].Cells; c[0].Text != long || c[1].Text != long {
		t.Error("long texts differ")
	}
}

func TestLimits(t *testing.T) {
	data := zipOf(xlsxParts(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A2:B2"/></mergeCells>`, "甲乙丙", "丁")...)
	for name, lim := range map[string]Limits{
		"file": {FileBytes: 100}, "rows": {Rows: 1}, "columns": {Columns: 1}, "cell": {CellBytes: 8}, "strings": {SharedStrings: 1}, "cells": {Cells: 2}, "merged": {Merged: 1},
	} {
		b, err := Open(context.Background(), "x", data, lim)
		if err == nil {
			_, err = b.Grid(0)
		}
		if asReason(err) != TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, lim := range map[string]Limits{"parts": {Parts: 3}, "inflated": {InflatedBytes: 1000}, "depth": {Depth: 2}} {
		b, err := Open(context.Background(), "x", data, lim)
		if err == nil {
			_, err = b.Grid(0)
		}
		if asReason(err) != Bomb {
			t.Errorf("%s: %v", name, err)
		}
	}
	if testing.Short() {
		return
	}
	bomb := zipOf(xlsxParts(`<sheetData>` + strings.Repeat(" ", 80<<20) + `</sheetData>`)...)
	_, err := firstGrid(bomb, false)
	checkRefusal(t, err, Bomb)
}

// TestEach: an error of the caller comes back as it is, a panic of his is his own.
func TestEach(t *testing.T) {
	b := must(Open(context.Background(), "x", []byte("a,b\n1,2\n"), Limits{}))
	if err := b.Each(0, func(*Row) error { return os.ErrClosed }); err != os.ErrClosed {
		t.Error(err)
	}
	if err := b.Each(5, nil); err == nil {
		t.Error("no sheet 5")
	}
	defer func() {
		if p := recover(); p != "mine" {
			t.Error(p)
		}
	}()
	b.Each(0, func(*Row) error { panic("mine") })
}

// TestSharedBlocks: texts are found on both sides of where a block of the table ends.
func TestSharedBlocks(t *testing.T) {
	for _, n := range []int{1, blockTexts - 1, blockTexts, blockTexts + 1, 2*blockTexts + 7} {
		var texts []string
		var cells strings.Builder
		for i := range n {
			texts = append(texts, strings.Repeat("第", i%3)+strconv.Itoa(i))
			fmt.Fprintf(&cells, `<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>`, i+1, i+1, n-1-i)
		}
		for format, data := range map[string][]byte{
			"xlsx": zipOf(xlsxParts(`<sheetData>`+cells.String()+`</sheetData>`, texts...)...),
			"xls": xlsOf(texts, func(w *biffWriter) {
				for i := range n {
					w.rec(recLabelSST, le16(i, 0, 0), le32(n-1-i))
				}
			}),
		} {
			g, err := firstOf(data)
			if err != nil || len(g.Rows) != n {
				t.Errorf("%s of %d texts: %v", format, n, err)
				continue
			}
			for i, r := range g.Rows {
				if got, want := r.Cells[0].Text, texts[n-1-i]; got != want {
					t.Fatalf("%s of %d texts: row %d: %q, want %q", format, n, i+1, got, want)
				}
			}
		}
	}
}
