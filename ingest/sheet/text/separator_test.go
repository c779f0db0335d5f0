package text_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// TestTextCharsets: what a text is written in, where bytes alone could say two things.
func TestTextCharsets(t *testing.T) {
	gbk := func(s string) string { return sheettest.Must(simplifiedchinese.GB18030.NewEncoder().String(s)) }
	u16 := func(s string) string {
		var b []byte
		for _, c := range utf16.Encode([]rune(s)) {
			b = binary.LittleEndian.AppendUint16(b, c)
		}
		return string(b)
	}
	long := strings.Repeat("本表由各单位填报。", 900)
	for _, tt := range []struct{ name, data, charset, first string }{
		{"a lone Greek letter", "Item,Value\nUnicode! Σ,1\n", "utf-8", "Item"},
		{"Greek units", "Σ,Ω\n1,2\n", "utf-8", "Σ"},
		{"Greek letters as keys", "α,1\nβ,2\nγ,3\n", "utf-8", "α"},
		{"Greek letters among words", "λμ,name\n1,resistor value\n", "utf-8", "λμ"},
		{"signs", "±,2\n25°,3\n", "utf-8", "±"},
		{"one of the words of Chinese that are Greek too", gbk("席位,12\n"), "gb18030", "席位"},
		{"路 alone", gbk("5路,12\n"), "gb18030", "5路"},
		{"小 alone", gbk("小,12\n"), "gb18030", "小"},
		{"UTF-32", sheettest.UTF32(binary.LittleEndian, "\ufeff编号,1\n"), "utf-32le", "编号"},
		{"UTF-32, big end first", sheettest.UTF32(binary.BigEndian, "\ufeff编号,1\n"), "utf-32be", "编号"},
		{"UTF-32 without a mark", sheettest.UTF32(binary.LittleEndian, "编号,1\n"), "utf-32le", "编号"},
		{"UTF-32BE without a mark", sheettest.UTF32(binary.BigEndian, "𠀀号,1\n"), "utf-32be", "𠀀号"},
		{"UTF-16 of single digits", u16("1\n2\n3\n4\n"), "utf-16le", "1"},
		{"UTF-16 with a long note in front", u16(long + "\n编号,1\n"), "utf-16le", long},
	} {
		b, err := anyfile.Open(context.Background(), "x.csv", []byte(tt.data), sheet.Limits{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := sheettest.Must(b.Grid(0)).Rows[0].Cells[0].Text; b.Charset != tt.charset || got != tt.first {
			t.Errorf("%s: %s %.30q", tt.name, b.Charset, got)
		}
	}
	for name, data := range map[string]string{
		"UTF-32 with a character beyond Unicode": sheettest.UTF32(binary.LittleEndian, "\ufeff编") + "\xff\xff\xff\x00",
		"binary that pairs with zeroes":          "\x01\x00\x02\x00\x03\x00\x04\x00",
	} {
		if err := sheettest.Err([]byte(data)); sheettest.Reason(err) != sheet.Charset && sheettest.Reason(err) != sheet.NotASheet {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSeparators: what divides the fields, in files that make it hard to see.
func TestSeparators(t *testing.T) {
	gbk := func(s string) string { return sheettest.Must(simplifiedchinese.GB18030.NewEncoder().String(s)) }
	table := "序号,企业名称,金额\n1,湘江科技,12.5\n2,长沙实业,6\n"
	want := "A%d text \"序号\"\nB%d text \"企业名称\"\nC%d text \"金额\"\nA%d number \"1\"\nB%d text \"湘江科技\"\nC%d number \"12.5\"\nA%d number \"2\"\nB%d text \"长沙实业\"\nC%d number \"6\"\n"
	from := func(n int) string { return fmt.Sprintf(want, n, n, n, n+1, n+1, n+1, n+2, n+2, n+2) }
	note := func(n int) string {
		return strings.Repeat("1.各单位须于每周一前报送;2.逾期按未报处理;", n)
	}
	for _, tt := range []struct {
		name, data string
		skip       int // rows in front
	}{
		{"tabs after fields", strings.ReplaceAll(strings.ReplaceAll(table, ",", "\t,"), "\n", "\t\n"), 0},
		{"tabs after fields, GBK, CRLF", gbk(strings.ReplaceAll(strings.ReplaceAll(table, ",", "\t,"), "\n", "\t\r\n")), 0},
		{"tabs before fields", "\t" + strings.TrimSuffix(strings.ReplaceAll(strings.ReplaceAll(table, ",", ",\t"), "\n", "\n\t"), "\t"), 0},
		{"tabs after some fields", strings.ReplaceAll(table, "湘江科技,", "湘江科技\t,"), 0},
		{"tabs inside of quotes", strings.ReplaceAll(strings.ReplaceAll("\""+strings.TrimSuffix(table, "\n"), ",", "\t\",\""), "\n", "\t\"\n\"") + "\"\n", 0},
		{"tabs after semicolons", strings.ReplaceAll(strings.ReplaceAll(table, ",", "\t;"), "\n", "\t\n"), 0},
		{"really tabs", strings.ReplaceAll(table, ",", "\t"), 0},
		{"really tabs, fields in quotes", strings.ReplaceAll(strings.ReplaceAll(table, ",", "\t"), "湘江科技", "\"湘江科技\""), 0},
		{"a long note in front", note(100) + "\n" + table, 1},
		{"a longer note", note(8_000) + "\n" + table, 1},
		{"a longer note, GBK", gbk(note(8_000) + "\n" + table), 1},
		{"a long note, old Mac", strings.ReplaceAll(note(100)+"\n"+table, "\n", "\r"), 1},
		{"a blank line in front", "\n" + table, 1},
	} {
		g, err := sheettest.First([]byte(tt.data))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		for len(g.Rows) > 0 && g.Rows[0].N <= tt.skip {
			g.Rows = g.Rows[1:]
		}
		if got := sheettest.Dump(g); got != from(tt.skip+1) {
			t.Errorf("%s: got\n%.400s", tt.name, got)
		}
	}
}

// TestCSVAsExcelShows: what programs write against Excel's reading of numbers.
func TestCSVAsExcelShows(t *testing.T) {
	for field, want := range map[string]string{
		`="0012"`:               `A1 text "0012"`,
		`"=""0012"""`:           `A1 text "0012"`,
		`="12"`:                 `A1 text "12"`,
		`="a ""b"" c"`:          `A1 text "a \"b\" c"`,
		`="甲,乙"`:                `A1 text "甲,乙"`,
		`=""`:                   ``,
		`"="""""`:               ``,
		`=12.5`:                 `A1 number "12.5"`,
		`=0012`:                 `A1 text "=0012"`,
		`=A1+B1`:                `A1 text "=A1+B1"`,
		`="a"&"b"`:              `A1 text "=\"a\"&\"b\""`,
		`="a`:                   `A1 text "=\"a"`,
		`'0012`:                 `A1 text "0012"`,
		`"'430302199001011234"`: `A1 text "430302199001011234"`,
		`'12.5`:                 `A1 text "12.5"`,
		`'`:                     ``,
		`'甲'乙`:                  `A1 text "'甲'乙"`,
		"0012\t":                `A1 text "0012"`,
		"\t12":                  `A1 number "12"`,
		"=\"0012\"\t":           `A1 text "0012"`,
		`甲's`:                   `A1 text "甲's"`,
	} {
		if want != "" {
			want += "\n"
		}
		data := field + ",x\n1,2\n"
		if got := strings.TrimSuffix(sheettest.Read([]byte(data)), "B1 text \"x\"\nA2 number \"1\"\nB2 number \"2\"\n"); got != want {
			t.Errorf("%s: %s", field, got)
		}
	}
}

// TestOverlong: lines with a comma that nobody put into quotes.
func TestOverlong(t *testing.T) {
	head := "问题台账\n编号,描述,单位,备注\n"
	for _, tt := range []struct{ name, rows, want string }{
		{"none", "1,路灯,甲,\n2,井盖,乙,已派单\n3,x\n", "[]"},
		{"content under no heading", "1,路灯,坏,甲,x\n2,井盖,乙,\n", "[3]"},
		{"the last column was empty", "1,路灯,坏,甲,\n2,井盖,乙,\n", "[3]"},
		{"two commas", "1,井盖,乙,\n2,路灯,坏,两盏,甲,\n", "[4]"},
		{"a comma after every line", "1,路灯,甲,,\n2,井盖,乙,,\n3,x,丙,y,\n4,路灯,坏,甲,z,\n", "[6]"},
		{"one line only, and it ends in a comma too many", "1,路灯,坏,甲,\n", "[3]"},
		{"in quotes", "1,\"路灯,坏\",甲,\n", "[]"},
	} {
		g := sheettest.Must(sheettest.First([]byte(head + tt.rows)))
		if got := fmt.Sprint(g.Overlong(2, 2)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if g := sheettest.Must(sheettest.First(sheettest.Zip(sheettest.XLSX(`<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>1</v></c></row></sheetData>`)...))); g.Overlong(1, 1) != nil {
		t.Error("a workbook has no commas")
	}
}
