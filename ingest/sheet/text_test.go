package sheet

import (
	"context"
	"encoding/binary"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func TestCSV(t *testing.T) {
	gbk := func(s string) string { return must(simplifiedchinese.GB18030.NewEncoder().String(s)) }
	u16s := func(order binary.AppendByteOrder, s string) string {
		var b []byte
		for _, c := range utf16.Encode([]rune(s)) {
			b = order.AppendUint16(b, c)
		}
		return string(b)
	}
	tests := []struct{ name, data, charset, want string }{
		{"plain", "编号,金额\r\nA1,12.5\r\n", "utf-8", "A1 text \"编号\"\nB1 text \"金额\"\nA2 text \"A1\"\nB2 number \"12.5\"\n"},
		{"byte order mark", "\xef\xbb\xbf编号,1", "utf-8", "A1 text \"编号\"\nB1 number \"1\"\n"},
		{"GBK", gbk("编号,金额（元）\n"), "gb18030", "A1 text \"编号\"\nB1 text \"金额（元）\"\n"},
		{"GB18030, four bytes", gbk("姓名\n𠀀\n"), "gb18030", "A1 text \"姓名\"\nA2 text \"𠀀\"\n"},
		{"UTF-16", "\xff\xfe" + u16s(binary.LittleEndian, "编号\t1\n"), "utf-16le", "A1 text \"编号\"\nB1 number \"1\"\n"},
		{"UTF-16, big end first", "\xfe\xff" + u16s(binary.BigEndian, "编号\t1\n"), "utf-16be", "A1 text \"编号\"\nB1 number \"1\"\n"},
		{"UTF-16 without a mark", u16s(binary.LittleEndian, "code,1\n编号,2\n"), "utf-16le", "A1 text \"code\"\nB1 number \"1\"\nA2 text \"编号\"\nB2 number \"2\"\n"},
		{"UTF-16BE without a mark", u16s(binary.BigEndian, "code,1\n编号,2\n"), "utf-16be", "A1 text \"code\"\nB1 number \"1\"\nA2 text \"编号\"\nB2 number \"2\"\n"},
		{"few characters, valid as both", gbk("联通,1\n"), "gb18030", "A1 text \"联通\"\nB1 number \"1\"\n"},
		{"a western word is no Chinese", "Café,1\n", "utf-8", "A1 text \"Café\"\nB1 number \"1\"\n"},
		{"what reads the same is a number", "007,1.50,-3,\"1,234\",430302199001011234,1e5,0.10,+5,-0,.5,3.\n", "utf-8",
			"A1 text \"007\"\nB1 text \"1.50\"\nC1 number \"-3\"\nD1 text \"1,234\"\nE1 text \"430302199001011234\"\nF1 text \"1e5\"\nG1 text \"0.10\"\nH1 text \"+5\"\nI1 text \"-0\"\nJ1 text \".5\"\nK1 text \"3.\"\n"},
		{"quotes", "\"一\n二\",\"他说\"\"好\"\"\",a\"b\n", "utf-8", "A1 text \"一\\n二\"\nB1 text \"他说\\\"好\\\"\"\nC1 text \"a\\\"b\"\n"},
		{"semicolons", "a;b;c\n1,5;2,5;3,5\n", "utf-8", "A1 text \"a\"\nB1 text \"b\"\nC1 text \"c\"\nA2 text \"1,5\"\nB2 text \"2,5\"\nC2 text \"3,5\"\n"},
		{"tabs beside commas", "a\tb,c\nd\te,f\n", "utf-8", "A1 text \"a\"\nB1 text \"b,c\"\nA2 text \"d\"\nB2 text \"e,f\"\n"},
		{"sep=", "sep=|\na|b,c,d\n", "utf-8", "A1 text \"a\"\nB1 text \"b,c,d\"\n"},
		{"preamble", "数据库：年度\n时间：最近\n指标,2021,2020\nx,1,2\n注：x\n", "utf-8",
			"A1 text \"数据库：年度\"\nA2 text \"时间：最近\"\nA3 text \"指标\"\nB3 number \"2021\"\nC3 number \"2020\"\nA4 text \"x\"\nB4 number \"1\"\nC4 number \"2\"\nA5 text \"注：x\"\n"},
		{"blank lines count", "a\n\n\nb", "utf-8", "A1 text \"a\"\nA4 text \"b\"\n"},
		{"line ends of old Macs", "a,b\rc,d\r", "utf-8", "A1 text \"a\"\nB1 text \"b\"\nA2 text \"c\"\nB2 text \"d\"\n"},
		{"blanks stay", " a , 1\n", "utf-8", "A1 text \" a \"\nB1 text \" 1\"\n"},
		{"end of file mark", "a,1\n\x1a", "utf-8", "A1 text \"a\"\nB1 number \"1\"\n"},
		{"empty fields", ",,x,\"\"\n", "utf-8", "C1 text \"x\"\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := Open(context.Background(), "x.csv", []byte(tt.data), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			g, err := b.Grid(0)
			if err != nil {
				t.Fatal(err)
			}
			if got := dump(g); got != tt.want || b.Charset != tt.charset || b.Format != CSV {
				t.Errorf("%s %s, got\n%swant\n%s", b.Format, b.Charset, got, tt.want)
			}
		})
	}
}

// TestCSVWindow: records cut by the decoder's window, in an encoding that needs one.
func TestCSVWindow(t *testing.T) {
	var s strings.Builder
	for i := range 30_000 {
		s.WriteString("双马街道,\"第")
		s.WriteString(strings.Repeat("长", i%50))
		s.WriteString("\"\"行\n\",")
		s.WriteString(strconv.Itoa(i))
		s.WriteString("\r\n")
	}
	g := must(must(Open(context.Background(), "x", []byte(must(simplifiedchinese.GB18030.NewEncoder().String(s.String()))), Limits{})).Grid(0))
	if len(g.Rows) != 30_000 {
		t.Fatalf("%d rows", len(g.Rows))
	}
	for i, r := range g.Rows {
		if len(r.Cells) != 3 || r.Cells[0].Text != "双马街道" || r.Cells[1].Text != "第"+strings.Repeat("长", i%50)+"\"行\n" || r.Cells[2].Num != float64(i) {
			t.Fatalf("row %d: %+v", i, r)
		}
	}
}

// TestAccidentalControl: a control character that got into one cell doesn't make a table something else.
func TestAccidentalControl(t *testing.T) {
	for _, text := range []string{"编号,描述\n1,路灯\x01不亮\n2,井盖破损\n", "<table><tr><td>编号<td>描述<tr><td>1<td>路灯\x01不亮</table>"} {
		g, err := firstOf([]byte(text))
		if err != nil || g.Rows[1].Cells[1].Text != "路灯\x01不亮" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTextRefusals(t *testing.T) {
	tests := []struct{ name, file, data, reason string }{
		{"empty", "x.csv", "", EmptyFile},
		{"blank", "x.csv", " \r\n\r\n", EmptyFile},
		{"lock file by name", "inbox/~$台账.xlsx", "x", LockFile},
		{"lock file of LibreOffice", `C:\x\.~lock.台账.ods#`, "x", LockFile},
		{"lock file by content", "x.xlsx", "\x04user" + strings.Repeat(" ", 50) + "\x04\x00u\x00s\x00e\x00r\x00" + strings.Repeat(" \x00", 50), LockFile},
		{"binary", "x.xls", "\x00\x01\x02\x03abc\x00\x00", NotASheet},
		{"control characters", "x.csv", "a\x01b\x02c", NotASheet},
		{"DIF", "x.dif", "TABLE\r\n0,1\r\n\"EXCEL\"\r\n", Unsupported},
		{"DIF with bare line feeds", "x.dif", "TABLE\n0,1\n\"x\"\n", Unsupported},
		{"SYLK", "x.slk", "ID;PWXL;N;E\r\n", Unsupported},
		{"shortcut", "台账.xlsx.lnk", "L\x00\x00\x00\x01\x14\x02\x00" + strings.Repeat("\x00", 68), NotASheet},
		{"address of a page", "台账.url", "[InternetShortcut]\r\nURL=http://x/\r\n", NotASheet},
		{"pdf", "x.xlsx", "%PDF-1.4", NotASheet},
		{"web archive", "x.xls", "MIME-Version: 1.0\r\n", Unsupported},
		{"flat ODS", "x.ods", `<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><table:table/></office:document>`, Unsupported},
		{"git-lfs", "x.xlsx", "version https://git-lfs.github.com/spec/v1\n", NotASheet},
		{"windows-1252", "x.csv", "name,city\nM\xfcller\xff,Z\xfcrich\n", Charset},
		{"open quote", "x.csv", "a,b\n\"c,d\ne,f\n", Damaged},
		{"open quote closed much later", "x.csv", "a,b\n\"5寸屏,1\nc,2\n屏\"大,3\n", Damaged},
		{"other XML", "x.xml", "<?xml version=\"1.0\"?><a/>", NotASheet},
		{"page without a table", "x.xls", "<html><body>x</body></html>", NotASheet},
		{"frameset", "x.xls", `<html><head><meta name="Excel Workbook Frameset"><script>var s="<table><td>";</script></head><frameset rows="*"><frame src="x.files/sheet001.htm"></frameset></html>`, Frameset},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := Open(context.Background(), tt.file, []byte(tt.data), Limits{})
			if err == nil {
				_, err = b.Grid(0)
			}
			checkRefusal(t, err, tt.reason)
		})
	}
}

func TestHTML(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"cells", "<html><body>外面<table><caption>台账</caption><tr><th>编号<th>金额</tr><tr><td>&nbsp;007 <td>12.5</table>", "A1 text \"台账\"\nA2 text \"编号\"\nB2 text \"金额\"\nA3 text \"007\"\nB3 number \"12.5\"\n"},
		{"breaks and entities", "<table><tr><td>一<br>\n二<p>三</p></td><td>a&amp;b &lt;c&gt;</td></tr></table>", "A1 text \"一\\n二\\n三\"\nB1 text \"a&b <c>\"\n"},
		{"spans", "<table><tr><td rowspan=2>a<td colspan=2>b<td>c<tr><td>d<td>e<td>f<tr><td>g</table>", "A1 text \"a\"\nB1 text \"b\"\nD1 text \"c\"\nB2 text \"d\"\nC2 text \"e\"\nD2 text \"f\"\nA3 text \"g\"\nmerged A1:A2\nmerged B1:C1\n"},
		{"tall span past a short row", "<table><tr><td>a<td rowspan=3>b<tr><td>c<tr><td>d<td>e<tr><td>f<td>g</table>", "A1 text \"a\"\nB1 text \"b\"\nA2 text \"c\"\nA3 text \"d\"\nC3 text \"e\"\nA4 text \"f\"\nB4 text \"g\"\nmerged B1:B3\n"},
		{"scripts and hidden rows", "<table><tr style='display: none'><td>x<script>var a='<td>no</td>'</script></td></tr></table>", "A1 text \"x\" hidden\n"},
		{"two tables", "<table><tr><td>a</table><table><tr><td>b</table>", "A1 text \"a\"\nA2 text \"b\"\n"},
		{"table in a table", "<table><tr><td>标题<table><tr><td>a<td>b</table></td></tr></table>", "A1 text \"标题\"\nA2 text \"a\"\nB2 text \"b\"\n"},
		{"charset of its own", "<html><meta charset=big5><table><tr><td>\xa4\xa4\xa4\xe5</table>", "A1 text \"中文\"\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := Open(context.Background(), "x.xls", []byte(tt.data), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			g, err := b.Grid(0)
			if err != nil {
				t.Fatal(err)
			}
			if got := dump(g); got != tt.want || b.Format != HTML {
				t.Errorf("%s, got\n%swant\n%s", b.Format, got, tt.want)
			}
		})
	}
}

func TestXML2003(t *testing.T) {
	const top = `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">` +
		`<Styles><Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style><Style ss:ID="d"><NumberFormat ss:Format="yyyy\-mm\-dd"/></Style><Style ss:ID="h"><NumberFormat ss:Format="[h]:mm"/></Style></Styles>`
	data := top + `<Worksheet ss:Name="甲"><Table><Column/><Row ss:Index="2"><Cell><Data ss:Type="String">a &amp; b</Data><Comment><ss:Data>注</ss:Data></Comment></Cell><Cell ss:Index="3" ss:StyleID="p"><Data ss:Type="Number">0.85</Data></Cell>` +
		`<Cell ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="DateTime">2022-01-03T00:00:00.000</Data></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell><Cell ss:Formula="=1/0"><Data ss:Type="Error">#DIV/0!</Data></Cell></Row>` +
		`<Row ss:Hidden="1"><Cell><Data ss:Type="DateTime">1899-12-31T08:30:00.000</Data></Cell><Cell ss:StyleID="d"><Data ss:Type="Number">44564</Data></Cell><Cell ss:StyleID="h"><Data ss:Type="DateTime">1900-01-01T12:00:00.000</Data></Cell><Cell ss:Formula="=A1"/></Row></Table></Worksheet>` +
		`<Worksheet ss:Name="乙"><Table><Row><Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">粗<B>体</B></ss:Data></Cell></Row></Table><WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>`
	b := must(Open(context.Background(), "x.xls", []byte(data), Limits{}))
	want := []string{"A2 text \"a & b\"\nC2 number \"0.85\" percent\nD2 date \"2022-01-03\"\nF2 bool \"TRUE\"\nG2 error \"#DIV/0!\" formula\nA3 time \"8:30:00\" hidden\nB3 date \"2022-01-03\" hidden\nC3 time \"36:00:00\" hidden\nD3 empty \"\" formula no-value hidden\nmerged D2:E3\n",
		"A1 text \"粗体\"\n"}
	if s := b.Sheets(); len(s) != 2 || s[0].Hidden || !s[1].Hidden || s[1].Name != "乙" || b.Format != XML2003 {
		t.Errorf("%s %+v", b.Format, s)
	}
	for i := range want {
		if got := dump(must(b.Grid(i))); got != want[i] {
			t.Errorf("sheet %d: got\n%swant\n%s", i, got, want[i])
		}
	}
	for n := len(top) + 20; n < len(data); n += 7 {
		b, err := Open(context.Background(), "x.xls", []byte(data[:n]), Limits{})
		if err == nil {
			_, err = b.Grid(0)
		}
		if asReason(err) != Damaged {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
}

func TestODS(t *testing.T) {
	const ns = `<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s" xmlns:calcext="c">`
	content := ns + `<office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>` +
		`<office:body><office:spreadsheet><table:table table:name="甲" table:style-name="ta1"><table:shapes><text:p>图</text:p></table:shapes><table:table-column table:number-columns-repeated="1024"/>` +
		`<table:table-header-rows><table:table-row><table:table-cell office:value-type="string" table:number-columns-spanned="2"><text:p>标<text:span>题</text:span></text:p><text:p>二 <text:s text:c="2"/>三<text:tab/><text:line-break/>四</text:p><office:annotation><text:p>批注</text:p></office:annotation></table:table-cell><table:covered-table-cell/>` +
		`<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="1.5"><text:p>1.5</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16000"/></table:table-row></table:table-header-rows>` +
		`<table:table-row table:number-rows-repeated="2" table:visibility="filter"><table:table-cell office:value-type="percentage" office:value="0.85"><text:p>85%</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2022-01-03T08:30:00"/><table:table-cell office:value-type="time" office:time-value="PT36H00M00S"/>` +
		`<table:table-cell office:value-type="boolean" office:boolean-value="true"/><table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0"><text:p>#DIV/0!</text:p></table:table-cell><table:table-cell table:formula="of:=A1"/></table:table-row>` +
		`<table:table-row table:number-rows-repeated="1048573"><table:table-cell/></table:table-row></table:table>` +
		`<table:table table:name="乙" table:style-name="ta2"><table:table-row><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>`
	pkg := func(c string) []byte {
		return zipOf(part{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, part{"content.xml", c})
	}
	b := must(Open(context.Background(), "x", pkg(content), Limits{}))
	row := func(n string) string {
		return "A" + n + " number \"0.85\" percent hidden\nB" + n + " date \"2022-01-03T08:30:00\" hidden\nC" + n + " time \"36:00:00\" hidden\nD" + n + " bool \"TRUE\" hidden\nE" + n + " error \"#DIV/0!\" formula hidden\nF" + n + " empty \"\" formula no-value hidden\n"
	}
	want := []string{"A1 text \"标题\\n二   三\\t\\n四\"\nC1 number \"1.5\"\nD1 number \"1.5\"\n" + row("2") + row("3") + "merged A1:B1\n", "A1 text \"x\"\n"}
	if s := b.Sheets(); len(s) != 2 || s[0].Hidden || !s[1].Hidden || s[1].Name != "乙" || b.Format != ODS {
		t.Errorf("%s %+v", b.Format, s)
	}
	for i := range want {
		if got := dump(must(b.Grid(i))); got != want[i] {
			t.Errorf("sheet %d: got\n%swant\n%s", i, got, want[i])
		}
	}
	refusals := map[string]struct {
		data   []byte
		reason string
	}{
		"cut off":   {pkg(content[:len(content)-300]), Damaged},
		"password":  {zipOf(part{"mimetype", "x"}, part{"content.xml", "x"}, part{"META-INF/manifest.xml", "<manifest:encryption-data/>"}), Password},
		"password2": {zipOf(part{"mimetype", "x"}, part{"encrypted-package", "x"}, part{"META-INF/manifest.xml", "<x/>"}), Password},
		"text":      {pkg(ns + `<office:body><office:text/></office:body></office:document-content>`), NotASheet},
		"columns":   {pkg(strings.Replace(content, `columns-repeated="2"`, `columns-repeated="99999999999"`, 1)), TooLarge},
		"rows":      {pkg(strings.Replace(content, `rows-repeated="2"`, `rows-repeated="999999999"`, 1)), TooLarge},
		"entity":    {pkg(`<!DOCTYPE a [<!ENTITY b "c">]>` + content), Bomb},
	}
	for name, tt := range refusals {
		b, err := Open(context.Background(), "x", tt.data, Limits{})
		if err == nil {
			_, err = b.Grid(0)
		}
		if asReason(err) != tt.reason {
			t.Errorf("%s: %v, want %s", name, err, tt.reason)
		}
	}
}
