package sheet

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"taizhang/ingest/numfmt"
	"taizhang/internal/cfb/cfbtest"
	"taizhang/internal/charset"
	"taizhang/internal/opc"
)

// fuzzLimits keep what the fuzzer finds small.
func fuzzLimits() Limits {
	return Limits{InflatedBytes: 8 << 20, CellBytes: 1 << 16, Cells: 100_000, Sheets: 20}
}

// checkBook reads every sheet and looks whether what comes out makes sense.
func checkBook(t *testing.T, b *Book, err error) {
	t.Helper()
	if err != nil {
		checkError(t, err)
		return
	}
	for i := range b.Sheets() {
		rows := 0
		errEach := b.Each(i, func(r *Row) error { rows++; return nil })
		g, err := b.Grid(i)
		checkError(t, errEach)
		if err != nil {
			checkError(t, err)
			continue
		}
		if errEach != nil {
			t.Fatalf("Each: %v, but Grid reads", errEach)
		}
		if rows < len(g.Rows) {
			t.Fatalf("%d rows one by one, %d in the grid", rows, len(g.Rows))
		}
		last := 0
		for _, r := range g.Rows {
			if r.N <= last || len(r.Cells) == 0 {
				t.Fatalf("row %d after %d with %d cells", r.N, last, len(r.Cells))
			}
			last = r.N
			col := 0
			for _, c := range r.Cells {
				if c.Row != r.N || c.Col <= col || c.Kind == Empty != c.NoValue || c.Kind != Empty && c.Text == "" || !utf8.ValidString(c.Text) || math.IsNaN(c.Num) || math.IsInf(c.Num, 0) {
					t.Fatalf("cell %+v in row %d after column %d", c, r.N, col)
				}
				if c.Kind == Number {
					if f, err := strconv.ParseFloat(c.Text, 64); err != nil || f != c.Num {
						t.Fatalf("number %+v", c)
					}
				}
				col = c.Col
			}
		}
		for _, m := range g.Merged {
			if m.Top < 1 || m.Left < 1 || m.Bottom < m.Top || m.Right < m.Left {
				t.Fatalf("merged %+v", m)
			}
		}
	}
}

func checkError(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if asReason(err) == "" || strings.Contains(err.Error(), "panic:") {
		t.Fatal(err)
	}
}

const sampleSheet = `<sheetData><row r="1" hidden="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><f>1</f><v>44564.5</v></c><c r="D1" t="inlineStr"><is><t xml:space="preserve"> 乙 </t></is></c></row>` +
	`<row><c><v>1E-3</v></c><c t="str"><f/><v>a&lt;</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2022-01-03</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>`

const sampleODS = `<a><office:body><office:spreadsheet><table:table table:name="x"><table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="2"><text:p>1</text:p></table:table-cell>` +
	`<table:table-cell office:value-type="string"><text:p>a<text:s text:c="2"/>b</text:p><text:p/></table:table-cell><table:table-cell office:value-type="date" office:date-value="2022-01-03"/></table:table-row></table:table></office:spreadsheet></office:body></a>`

const sampleXML2003 = `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet Name="x"><Table><Row Index="2"><Cell><Data Type="Number">1</Data></Cell><Cell Index="4" MergeAcross="1"><Data Type="String">a</Data></Cell><Cell><Data Type="DateTime">2022-01-03T00:00:00</Data></Cell></Row></Table></Worksheet></Workbook>`

const sampleHTML = `<table><caption>t</caption><tr><td rowspan=2>a<td colspan=2>1<tr><td>b&nbsp;<br>c</table>`

func sampleBIFF() []byte {
	return biffOf([]string{"甲", "乙"}, func(w *biffWriter) {
		w.rec(recRow, le16(0, 0, 3, 0, 0, 0), le32(0x20))
		w.rec(recLabelSST, le16(0, 0, 0), le32(1))
		w.rec(recNumber, le16(0, 1, 1), le64(44564.5))
		w.rec(recMulRK, le16(1, 0), le16(2), le32(50<<2|3), le16(0), le32(7<<2|2), le16(1))
		w.rec(0x06, le16(2, 0, 0), []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, make([]byte, 8))
		w.rec(recString, wstr("结果", 2))
		w.rec(recBoolErr, le16(2, 1, 0), []byte{7, 1})
		w.rec(recMerged, le16(1, 0, 1, 0, 2))
	})
}

func FuzzOpen(f *testing.F) {
	f.Add(zipOf(xlsxParts(sampleSheet, "甲")...))
	f.Add(zipOf(part{"mimetype", "x"}, part{"content.xml", sampleODS}))
	f.Add(cfbtest.Pack(map[string][]byte{"Workbook": sampleBIFF()}))
	f.Add(sampleBIFF())
	f.Add([]byte(sampleXML2003))
	f.Add([]byte(sampleHTML))
	f.Add([]byte("编号,金额\n1,\"二\n三\"\n"))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00\n\x00"))
	f.Add([]byte("\xb1\xe0\xba\xc5,\xbd\xf0\xb6\xee\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		Complete(data)
		b, err := Open(context.Background(), "x", data, fuzzLimits())
		checkBook(t, b, err)
	})
}

// FuzzSheetXML also demands that both ways of reading a row agree.
func FuzzSheetXML(f *testing.F) {
	f.Add(sampleSheet)
	f.Add("<sheetData>\n<row\tr='3' ><c r=\"C3\"/><!-- x --><x:c r=\"B3\"><x:v><![CDATA[1]]></x:v></x:c></row><row r=\"2\"/></sheetData>")
	f.Add(`<sheetData><row r="1" spans="1:2"><c r="A1" cm="1"><v> 1 </v></c><c r="A1"><v></v></c></row></sheetData>`)
	parts := xlsxParts("", "甲")
	f.Fuzz(func(t *testing.T, body string) {
		p := with(parts, part{"xl/worksheets/sheet1.xml", `<worksheet>` + body + `</worksheet>`})
		if g, err := gridOf(t, p); err == nil {
			_ = g
			b, err := Open(context.Background(), "x", zipOf(p...), fuzzLimits())
			checkBook(t, b, err)
		} else {
			checkError(t, err)
		}
	})
}

func FuzzSharedStrings(f *testing.F) {
	f.Add(`<sst><si><t>甲</t></si><si><r><t>a</t></r><rPh><t>b</t></rPh></si><si/></sst>`)
	f.Add(`<sst><si><t xml:space="preserve"> _x000D_ </t></si> <si><t/></si></sst>`)
	f.Fuzz(func(t *testing.T, sst string) {
		p := must(opc.Open(zipOf(part{"s", sst}), opc.DefaultLimits()))
		s, err := readShared(&pack{p}, "s", DefaultLimits())
		if err != nil {
			checkError(t, asRefusal(err))
			return
		}
		for i := range s.len() {
			if !utf8.ValidString(s.at(i)) {
				t.Fatalf("string %d: %q", i, s.at(i))
			}
		}
	})
}

func FuzzBIFF(f *testing.F) {
	f.Add(sampleBIFF())
	f.Add([]byte("\x09\x00\x04\x00\x02\x00\x10\x00\x02\x00\x09\x00\x00\x00\x00\x00\x00\x00\x00\x07\x00\x0a\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, s []byte) {
		b, err := openBIFF(s, fuzzLimits().filled())
		if err != nil {
			checkError(t, asRefusal(err))
			return
		}
		checkBook(t, b, nil)
	})
}

// FuzzCSV compares with the strict reader of the standard library wherever that one reads.
func FuzzCSV(f *testing.F) {
	f.Add("编号,金额\n007,1.5\n\n\"a\nb\",\"c\"\"d\"\n")
	f.Add("a;b\n1;2\n")
	f.Add("sep=|\na|b\n")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := Open(context.Background(), "x.csv", []byte(s), fuzzLimits())
		checkBook(t, b, err)
		if err != nil || b.Format != CSV || b.Charset != "utf-8" || strings.Contains(s, "\r") || strings.HasPrefix(s, "\ufeff") || strings.HasSuffix(s, "\x1a") || strings.HasSuffix(s, "\x00") {
			return
		}
		src := b.src.(*csvText)
		if src.skipLine || src.sep == '"' || strings.ContainsAny(s, "='\t") { // these are read as Excel shows them
			return
		}
		r := csv.NewReader(strings.NewReader(s))
		r.Comma, r.FieldsPerRecord = rune(src.sep), -1
		var want [][]string
		for {
			rec, err := r.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				return
			}
			if strings.Join(rec, "") != "" {
				want = append(want, rec)
			}
		}
		g, err := b.Grid(0)
		if err != nil {
			if asReason(err) == TooLarge {
				return
			}
			t.Fatal(err)
		}
		if len(g.Rows) != len(want) {
			t.Fatalf("%d rows, want %d", len(g.Rows), len(want))
		}
		for i, row := range g.Rows {
			got := make([]string, len(want[i]))
			for _, c := range row.Cells {
				if c.Col > len(got) {
					t.Fatalf("row %d: %+v, want %q", i, row, want[i])
				}
				got[c.Col-1] = c.Text
			}
			if strings.Join(got, "\x00") != strings.Join(want[i], "\x00") {
				t.Fatalf("row %d: %q, want %q", i, got, want[i])
			}
		}
	})
}

func FuzzODS(f *testing.F) {
	f.Add(sampleODS)
	f.Fuzz(func(t *testing.T, content string) {
		b, err := Open(context.Background(), "x", zipOf(part{"mimetype", "x"}, part{"content.xml", content}), fuzzLimits())
		checkBook(t, b, err)
	})
}

func FuzzXML2003(f *testing.F) {
	f.Add(sampleXML2003)
	f.Fuzz(func(t *testing.T, s string) {
		b, err := openXML2003([]byte(s), charset.Charset{Name: "utf-8"}, fuzzLimits().filled())
		if err != nil {
			checkError(t, asRefusal(err))
			return
		}
		checkBook(t, b, nil)
	})
}

func FuzzHTML(f *testing.F) {
	f.Add(sampleHTML)
	f.Add("<table><tr><td><table><tr><th rowspan=3>x</table>y<td rowspan=2>z")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := Open(context.Background(), "x", []byte("<html>"+s), fuzzLimits())
		checkBook(t, b, err)
	})
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1.50", "-0", "4.4999999999999998E-2", "007", "1e400", "."} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var a arena
		before := bytes.Clone(raw)
		num, text, ok := a.number(raw)
		if !bytes.Equal(raw, before) {
			t.Fatal("input changed")
		}
		if want, err := strconv.ParseFloat(string(raw), 64); ok && (err != nil || want != num) {
			t.Fatalf("%q: %v, want %v %v", raw, num, want, err)
		}
		if back, err := strconv.ParseFloat(text, 64); ok && (err != nil || back != num) {
			t.Fatalf("%q: text %q", raw, text)
		}
	})
}

func FuzzFormat(f *testing.F) {
	for _, s := range []string{`yyyy"年"`, "[h]:mm", `0"days`, "G/通用格式", `\`, "[", "am/p"} {
		f.Add(s, 44564.5)
	}
	f.Fuzz(func(t *testing.T, code string, v float64) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		var a arena
		c := Cell{Text: "x"}
		st := numfmt.Of(code)
		for _, d1904 := range []bool{false, true} {
			a.setNumber(&c, v, &st, d1904)
			if c.Kind != Number && c.Kind != Date && c.Kind != Time || c.Text == "" {
				t.Fatalf("%+v", c)
			}
		}
	})
}
