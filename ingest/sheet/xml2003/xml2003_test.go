package xml2003_test

import (
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// TestXML2003Beginnings: SpreadsheetML is known by its root element.
func TestXML2003Beginnings(t *testing.T) {
	const body = `<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="台账"><Table><Row><Cell><Data ss:Type="String">湘江科技</Data></Cell></Row></Table></Worksheet></Workbook>`
	gbk := sheettest.Must(simplifiedchinese.GB18030.NewEncoder().String(body))
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
		"UTF-32":                  sheettest.UTF32(binary.LittleEndian, "\ufeff"+body),
		"UTF-8 declared as UTF-8": `<?xml version="1.0" encoding="utf-8"?>` + body,
	} {
		b, err := anyfile.Open(context.Background(), "x.xls", []byte(text), sheet.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := sheettest.Dump(sheettest.Must(b.Grid(0))); b.Format != sheet.XML2003 || got != "A1 text \"湘江科技\"\n" || b.Sheets()[0].Name != "台账" {
			t.Errorf("%s: %s %s", name, b.Format, got)
		}
	}
	for _, text := range []string{"<Worksheet>a</Worksheet>", "<Workbooks>x</Workbooks>,1", "<!-- a,b\n1,2\n"} {
		if b, err := anyfile.Open(context.Background(), "x", []byte(text), sheet.Limits{}); err == nil && b.Format == sheet.XML2003 {
			t.Errorf("%q is taken for SpreadsheetML", text)
		}
	}
}

func TestXML2003(t *testing.T) {
	const top = `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">` +
		`<Styles><Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style><Style ss:ID="d"><NumberFormat ss:Format="yyyy\-mm\-dd"/></Style><Style ss:ID="h"><NumberFormat ss:Format="[h]:mm"/></Style></Styles>`
	data := top + `<Worksheet ss:Name="甲"><Table><Column/><Row ss:Index="2"><Cell><Data ss:Type="String">a &amp; b</Data><Comment><ss:Data>注</ss:Data></Comment></Cell><Cell ss:Index="3" ss:StyleID="p"><Data ss:Type="Number">0.85</Data></Cell>` +
		`<Cell ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="DateTime">2022-01-03T00:00:00.000</Data></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell><Cell ss:Formula="=1/0"><Data ss:Type="Error">#DIV/0!</Data></Cell></Row>` +
		`<Row ss:Hidden="1"><Cell><Data ss:Type="DateTime">1899-12-31T08:30:00.000</Data></Cell><Cell ss:StyleID="d"><Data ss:Type="Number">44564</Data></Cell><Cell ss:StyleID="h"><Data ss:Type="DateTime">1900-01-01T12:00:00.000</Data></Cell><Cell ss:Formula="=A1"/></Row></Table></Worksheet>` +
		`<Worksheet ss:Name="乙"><Table><Row><Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">粗<B>体</B></ss:Data></Cell></Row></Table><WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>`
	b := sheettest.Must(anyfile.Open(context.Background(), "x.xls", []byte(data), sheet.Limits{}))
	want := []string{"A2 text \"a & b\"\nC2 number \"0.85\" percent\nD2 date \"2022-01-03\"\nF2 bool \"TRUE\"\nG2 error \"#DIV/0!\" formula\nA3 time \"8:30:00\" hidden\nB3 date \"2022-01-03\" hidden\nC3 time \"36:00:00\" hidden\nD3 empty \"\" formula no-value hidden\nmerged D2:E3\n",
		"A1 text \"粗体\"\n"}
	if s := b.Sheets(); len(s) != 2 || s[0].Hidden || !s[1].Hidden || s[1].Name != "乙" || b.Format != sheet.XML2003 {
		t.Errorf("%s %+v", b.Format, s)
	}
	for i := range want {
		if got := sheettest.Dump(sheettest.Must(b.Grid(i))); got != want[i] {
			t.Errorf("sheet %d: got\n%swant\n%s", i, got, want[i])
		}
	}
	for n := len(top) + 20; n < len(data); n += 7 {
		b, err := anyfile.Open(context.Background(), "x.xls", []byte(data[:n]), sheet.Limits{})
		if err == nil {
			_, err = b.Grid(0)
		}
		if sheettest.Reason(err) != sheet.Damaged {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
}
