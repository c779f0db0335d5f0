package xlsx_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
	"taizhang/ingest/sheet/xlsx"
)

// TestSheetsWithoutPart: modules of Excel 5 stand in the list of sheets without a part.
func TestSheetsWithoutPart(t *testing.T) {
	base := sheettest.XLSX(`<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>`)
	book := func(sheets string) []byte {
		return sheettest.Zip(sheettest.With(base, sheettest.Part{Name: "xl/workbook.xml", Body: `<workbook ` + sheettest.MainNS + `><sheets>` + sheets + `</sheets></workbook>`})...)
	}
	const table, module = `<sheet name="表一" sheetId="1" r:id="rId1"/>`, `<sheet name="Module1" sheetId="2" state="veryHidden" r:id=""/>`
	for _, list := range []string{table + module, module + table, table + `<sheet name="Module2" sheetId="3"/>`, strings.Replace(module, `""`, `" "`, 1) + table + module} {
		b, err := anyfile.Open(context.Background(), "x", book(list), sheet.Limits{})
		if err != nil {
			t.Errorf("%s: %v", list, err)
		} else if s := b.Sheets(); len(s) != 1 || s[0].Name != "表一" || sheettest.Dump(sheettest.Must(b.Grid(0))) != "A1 number \"1\"\n" {
			t.Errorf("%s: %+v", list, s)
		}
	}
	for _, list := range []string{module, table + `<sheet name="丢了" sheetId="2" r:id="rId99"/>`} {
		if err := sheettest.Err(book(list)); sheettest.Reason(err) != sheet.Damaged {
			t.Errorf("%s: %v", list, err)
		}
	}
}

// gridOf reads the first sheet both ways and insists that they agree.
func gridOf(t testing.TB, parts []sheettest.Part) (*sheet.Grid, error) {
	t.Helper()
	data := sheettest.Zip(parts...)
	quick, errQ := firstGrid(data, false)
	slow, errS := firstGrid(data, true)
	if (errQ == nil) != (errS == nil) || errQ != nil && sheettest.Reason(errQ) != sheettest.Reason(errS) {
		t.Fatalf("quick: %v, slow: %v", errQ, errS)
	}
	if errQ == nil && sheettest.Dump(quick) != sheettest.Dump(slow) {
		t.Fatalf("quick and slow differ:\n%s---\n%s", sheettest.Dump(quick), sheettest.Dump(slow))
	}
	return quick, errQ
}

func firstGrid(data []byte, slowly bool) (*sheet.Grid, error) {
	if !slowly {
		return sheettest.First(data)
	}
	b, err := xlsx.OpenSlowly(data, sheet.Limits{})
	if err != nil {
		return nil, err
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
			g, err := gridOf(t, sheettest.XLSX(tt.body, tt.shared...))
			if err != nil {
				t.Fatal(err)
			}
			if got := sheettest.Dump(g); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

// TestXLSXPackage is about where things stand in the package.
func TestXLSXPackage(t *testing.T) {
	base := sheettest.XLSX(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>1000</v></c></row></sheetData>`, "甲")
	sheetXML := base[6].Body
	utf16le := func(s string) string {
		b := []byte{0xff, 0xfe}
		for _, c := range utf16.Encode([]rune(s)) {
			b = binary.LittleEndian.AppendUint16(b, c)
		}
		return string(b)
	}
	book := func(pr, attrs string) sheettest.Part {
		return sheettest.Part{Name: "xl/workbook.xml", Body: sheettest.XMLTop + `<workbook ` + sheettest.MainNS + `>` + pr + `<sheets><sheet name="表一" sheetId="1" r:id="rId1"` + attrs + `/></sheets><extLst><x15:workbookPr date1904="0" xmlns:x15="x"/></extLst></workbook>`}
	}
	prefixed := regexp.MustCompile(`<(/?)([a-z])`).ReplaceAllString(strings.TrimPrefix(sheetXML, sheettest.XMLTop), "<${1}x:$2")
	const want = "A1 text \"甲\"\nB1 date \"1902-09-26\"\n"
	tests := []struct {
		name  string
		parts []sheettest.Part
		want  string
	}{
		{"usual", base, want},
		{"1904", sheettest.With(base, book(`<workbookPr date1904="1"/>`, "")), "A1 text \"甲\"\nB1 date \"1906-09-27\"\n"},
		{"shared strings elsewhere", sheettest.With(base, sheettest.Part{Name: "xl/sharedStrings.xml", Body: ""}, sheettest.Part{Name: "strings/S.xml", Body: base[5].Body},
			sheettest.Part{Name: "xl/_rels/workbook.xml.rels", Body: strings.Replace(base[3].Body, `Target="sharedStrings.xml"`, `Target="/strings/S.xml"`, 1)}), want},
		{"other case", sheettest.With(base, sheettest.Part{Name: "xl/worksheets/sheet1.xml", Body: ""}, sheettest.Part{Name: "XL/Worksheets/SHEET1.xml", Body: sheetXML}), want},
		{"backslashes", sheettest.With(base, sheettest.Part{Name: "xl/worksheets/sheet1.xml", Body: ""}, sheettest.Part{Name: `xl\worksheets\sheet1.xml`, Body: sheetXML}), want},
		{"escaped target", sheettest.With(base, sheettest.Part{Name: "xl/worksheets/sheet1.xml", Body: ""}, sheettest.Part{Name: "xl/worksheets/表 1.xml", Body: sheetXML},
			sheettest.Part{Name: "xl/_rels/workbook.xml.rels", Body: strings.Replace(base[3].Body, `worksheets/sheet1.xml`, `worksheets/%E8%A1%A8%201.xml`, 1)}), want},
		{"UTF-16", sheettest.With(base, sheettest.Part{Name: "xl/worksheets/sheet1.xml", Body: utf16le(strings.Replace(sheetXML, "UTF-8", "UTF-16", 1))}), want},
		{"byte order mark", sheettest.With(base, sheettest.Part{Name: "xl/worksheets/sheet1.xml", Body: "\ufeff" + sheetXML}), want},
		{"wrongly declared UTF-16", sheettest.With(base, sheettest.Part{Name: "xl/worksheets/sheet1.xml", Body: strings.Replace(sheetXML, "UTF-8", "utf-16", 1)}), want},
		{"GB2312", sheettest.With(base, sheettest.Part{Name: "xl/sharedStrings.xml", Body: `<?xml version="1.0" encoding="gb2312"?><sst ` + sheettest.MainNS + "><si><t>\xbc\xd7</t></si></sst>"}), want},
		{"prefixes", sheettest.With(base, sheettest.Part{Name: "xl/worksheets/sheet1.xml", Body: prefixed}), want},
		{"no styles", sheettest.With(base, sheettest.Part{Name: "xl/styles.xml", Body: ""}), "A1 text \"甲\"\nB1 number \"1000\"\n"},
		{"external relationship", sheettest.With(base, sheettest.Part{Name: "xl/_rels/workbook.xml.rels", Body: strings.Replace(base[3].Body, "</Relationships>", `<Relationship Id="rId9" Type="`+sheettest.RelType+`externalLink" TargetMode="External" Target="file:///etc/passwd"/></Relationships>`, 1)}), want},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, err := gridOf(t, tt.parts)
			if err != nil {
				t.Fatal(err)
			}
			if got := sheettest.Dump(g); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
	for attr, hidden := range map[string]bool{"": false, ` state="visible"`: false, ` state="hidden"`: true, ` state="veryHidden"`: true} {
		b := sheettest.Must(anyfile.Open(context.Background(), "x", sheettest.Zip(sheettest.With(base, book("", attr))...), sheet.Limits{}))
		if s := b.Sheets()[0]; s.Hidden != hidden || s.Name != "表一" || b.Format != sheet.XLSX || b.Macros {
			t.Errorf("state%q: %+v, %s", attr, s, b.Format)
		}
	}
	if b := sheettest.Must(anyfile.Open(context.Background(), "x", sheettest.Zip(sheettest.With(base, sheettest.Part{Name: "xl/vbaProject.bin", Body: "x"})...), sheet.Limits{})); !b.Macros || b.Format != sheet.XLSM {
		t.Errorf("macros: %v %s", b.Macros, b.Format)
	}
}

func TestXLSXRefusals(t *testing.T) {
	cells := func(c string) []sheettest.Part {
		return sheettest.XLSX(`<sheetData><row r="1">`+c+`</row></sheetData>`, "甲")
	}
	good := cells(`<c r="A1" t="s"><v>0</v></c>`)
	twice := sheettest.Zip(append(good, sheettest.Part{Name: "XL/worksheets/sheet1.xml", Body: "<worksheet/>"})...)
	tests := []struct {
		name   string
		data   []byte
		reason string
	}{
		{"entity", sheettest.Zip(sheettest.With(good, sheettest.Part{Name: "xl/worksheets/sheet1.xml", Body: `<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>`})...), sheet.Bomb},
		{"doctype", sheettest.Zip(sheettest.With(good, sheettest.Part{Name: "xl/sharedStrings.xml", Body: `<!DOCTYPE sst SYSTEM "http://x/y"><sst/>`})...), sheet.Bomb},
		{"undefined entity", sheettest.Zip(cells(`<c r="A1" t="str"><v>&xxe;</v></c>`)...), sheet.Bomb},
		{"deep", sheettest.Zip(sheettest.With(good, sheettest.Part{Name: "xl/worksheets/sheet1.xml", Body: "<worksheet>" + strings.Repeat("<a>", 1000)})...), sheet.Bomb},
		{"shared string out of range", sheettest.Zip(cells(`<c r="A1" t="s"><v>7</v></c>`)...), sheet.Damaged},
		{"no shared strings", sheettest.Zip(sheettest.With(good, sheettest.Part{Name: "xl/sharedStrings.xml", Body: ""})...), sheet.Damaged},
		{"no number", sheettest.Zip(cells(`<c r="A1"><v>abc</v></c>`)...), sheet.Damaged},
		{"hex is no number", sheettest.Zip(cells(`<c r="A1"><v>0x10</v></c>`)...), sheet.Damaged},
		{"unknown type", sheettest.Zip(cells(`<c r="A1" t="zz"><v>1</v></c>`)...), sheet.Damaged},
		{"cell of another row", sheettest.Zip(cells(`<c r="A2"><v>1</v></c>`)...), sheet.Damaged},
		{"cells of two rows in one without a number", sheettest.Zip(sheettest.XLSX(`<sheetData><row><c r="A3"><v>1</v></c><c r="A4"><v>2</v></c></row></sheetData>`)...), sheet.Damaged},
		{"unequal twins", sheettest.Zip(cells(`<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>`)...), sheet.Damaged},
		{"row 0", sheettest.Zip(sheettest.XLSX(`<sheetData><row r="0"><c><v>1</v></c></row></sheetData>`)...), sheet.Damaged},
		{"row too far", sheettest.Zip(sheettest.XLSX(`<sheetData><row r="1048577"><c><v>1</v></c></row></sheetData>`)...), sheet.TooLarge},
		{"column too far", sheettest.Zip(cells(`<c r="XFE1"><v>1</v></c>`)...), sheet.TooLarge},
		{"not UTF-8", sheettest.Zip(cells("<c r=\"A1\" t=\"str\"><v>\xff</v></c>")...), sheet.Damaged},
		{"shared not UTF-8", sheettest.Zip(sheettest.With(good, sheettest.Part{Name: "xl/sharedStrings.xml", Body: "<sst><si><t>\xff</t></si></sst>"})...), sheet.Damaged},
		{"part given twice", twice, sheet.Damaged},
		{"sheet without a part", sheettest.Zip(sheettest.With(good, sheettest.Part{Name: "xl/worksheets/sheet1.xml", Body: ""})...), sheet.Damaged},
		{"html as sheet", sheettest.Zip(sheettest.With(good, sheettest.Part{Name: "xl/worksheets/sheet1.xml", Body: "<html></html>"})...), sheet.Damaged},
		{"no workbook", sheettest.Zip(sheettest.Part{Name: "[Content_Types].xml", Body: "<Types/>"}), sheet.Damaged},
		{"other zip", sheettest.Zip(sheettest.Part{Name: "a.txt", Body: "x"}), sheet.NotASheet},
		{"docx", sheettest.Zip(sheettest.Part{Name: "[Content_Types].xml", Body: "<Types/>"}, sheettest.Part{Name: "word/document.xml", Body: "x"}), sheet.NotASheet},
		{"xlsb", sheettest.Zip(sheettest.Part{Name: "[Content_Types].xml", Body: "<Types/>"}, sheettest.Part{Name: "xl/workbook.bin", Body: "x"}), sheet.Unsupported},
		{"cut off", sheettest.Zip(good...)[:400], sheet.Damaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, slow := range []bool{false, true} {
				_, err := firstGrid(tt.data, slow)
				sheettest.CheckRefusal(t, err, tt.reason)
			}
		})
	}
}

// TestXLSXCutAnywhere: a sheet that ends early is refused, wherever it ends.
func TestXLSXCutAnywhere(t *testing.T) {
	parts := sheettest.XLSX(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>1</f><v>12</v></c></row><row r="2" hidden="1"><c r="A2" t="inlineStr"><is><t>乙</t></is></c></row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>`, "甲")
	whole := parts[6].Body
	for n := range len(whole) {
		if _, err := gridOf(t, sheettest.With(parts, sheettest.Part{Name: "xl/worksheets/sheet1.xml", Body: whole[:n] + " "})); err == nil {
			t.Fatalf("read although cut at %d: …%q", n, whole[max(0, n-20):n])
		}
	}
}

// TestZipFlippedBytes: a flipped byte is refused or makes no difference.
func TestZipFlippedBytes(t *testing.T) {
	data := sheettest.Zip(sheettest.XLSX(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>12</v></c></row></sheetData>`, "甲")...)
	want := sheettest.Dump(sheettest.Must(firstGrid(data, false)))
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 0x10
		g, err := firstGrid(bad, false)
		if err == nil && sheettest.Dump(g) != want {
			t.Errorf("byte %d flipped: read as\n%s", i, sheettest.Dump(g))
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
	g, err := gridOf(t, sheettest.XLSX(body.String(), long))
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
