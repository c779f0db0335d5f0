package text_test

import (
	"context"
	"encoding/binary"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func TestCSV(t *testing.T) {
	gbk := func(s string) string { return sheettest.Must(simplifiedchinese.GB18030.NewEncoder().String(s)) }
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
			b, err := anyfile.Open(context.Background(), "x.csv", []byte(tt.data), sheet.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			g, err := b.Grid(0)
			if err != nil {
				t.Fatal(err)
			}
			if got := sheettest.Dump(g); got != tt.want || b.Charset != tt.charset || b.Format != sheet.CSV {
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
	g := sheettest.Must(sheettest.Must(anyfile.Open(context.Background(), "x", []byte(sheettest.Must(simplifiedchinese.GB18030.NewEncoder().String(s.String()))), sheet.Limits{})).Grid(0))
	if len(g.Rows) != 30_000 {
		t.Fatalf("%d rows", len(g.Rows))
	}
	for i, r := range g.Rows {
		if len(r.Cells) != 3 || r.Cells[0].Text != "双马街道" || r.Cells[1].Text != "第"+strings.Repeat("长", i%50)+"\"行\n" || r.Cells[2].Num != float64(i) {
			t.Fatalf("row %d: %+v", i, r)
		}
	}
}
