package anyfile_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
	"taizhang/internal/cfb/cfbtest"
)

// TestOLEFlipped: damage of a container never panics and never hangs.
func TestOLEFlipped(t *testing.T) {
	data := sheettest.XLS([]string{"甲"}, func(w *sheettest.Writer) { w.Rec(sheettest.RecNumber, sheettest.LE16(0, 0, 0), sheettest.LE64(1)) })
	for i := range data {
		for _, x := range []byte{0x01, 0x80, 0xff} {
			bad := bytes.Clone(data)
			bad[i] ^= x
			if _, err := sheettest.First(bad); err != nil && strings.Contains(err.Error(), "panic:") {
				t.Fatalf("byte %d: %v", i, err)
			}
		}
	}
}

// TestOLEHeaders: what a container's header says wrongly of counts and lengths
// keeps nobody from reading it.
func TestOLEHeaders(t *testing.T) {
	body := sheettest.BIFF([]string{"甲"}, func(w *sheettest.Writer) { w.Rec(sheettest.RecLabelSST, sheettest.LE16(0, 0, 0), sheettest.LE32(0)) })
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
		if got := sheettest.Read(b); got != want {
			t.Errorf("%s: %s", tt.name, got)
		}
		if !anyfile.Complete(b) {
			t.Errorf("%s: held to be unfinished", tt.name)
		}
	}
	for n := 8; n < len(short); n += 7 { // cut: unfinished, but for what fills the last sector up
		filling := n >= 4*512+len(body)
		if got := sheettest.Read(short[:n]); anyfile.Complete(short[:n]) != filling || (got == want) != filling {
			t.Errorf("cut at %d of %d: complete %v, %s", n, len(short), anyfile.Complete(short[:n]), got)
		}
	}
	// Short streams in a container without a mini stream lie among the long ones.
	loose := bytes.Clone(long)
	put(dir+128+120, uint32(len(body)))(loose)
	if got := sheettest.Read(loose); got != want {
		t.Errorf("a short stream in sectors: %s", got)
	}
}

// TestNoNumbers: what programs write for 0/0 is the error that Excel shows.
func TestNoNumbers(t *testing.T) {
	const want = "A1 error \"#NUM!\"\nB1 number \"1\"\n"
	inf := math.Inf(-1)
	files := map[string][]byte{
		"xls": sheettest.XLS(nil, func(w *sheettest.Writer) {
			w.Rec(sheettest.RecNumber, sheettest.LE16(0, 0, 0), sheettest.LE64(math.NaN()))
			w.Rec(sheettest.RecRK, sheettest.LE16(0, 1, 0), sheettest.LE32(6))
		}),
		"xls, -Inf": sheettest.XLS(nil, func(w *sheettest.Writer) {
			w.Rec(sheettest.RecNumber, sheettest.LE16(0, 0, 1), sheettest.LE64(inf))
			w.Rec(sheettest.RecRK, sheettest.LE16(0, 1, 0), sheettest.LE32(6))
		}),
		"xls, RK": sheettest.XLS(nil, func(w *sheettest.Writer) {
			w.Rec(sheettest.RecRK, sheettest.LE16(0, 0, 0), sheettest.LE32(0x7ff80000))
			w.Rec(sheettest.RecRK, sheettest.LE16(0, 1, 0), sheettest.LE32(6))
		}),
		"xls, multi": sheettest.XLS(nil, func(w *sheettest.Writer) {
			w.Rec(sheettest.RecMulRK, sheettest.LE16(0, 0), sheettest.LE16(0), sheettest.LE32(0x7ff00000), sheettest.LE16(0), sheettest.LE32(6), sheettest.LE16(1))
		}),
		"xlsx":        sheettest.Zip(sheettest.XLSX(`<sheetData><row r="1"><c r="A1"><v>NaN</v></c><c r="B1"><v>1</v></c></row></sheetData>`)...),
		"xlsx, C":     sheettest.Zip(sheettest.XLSX(`<sheetData><row r="1"><c r="A1"><v>-1.#IND00</v></c><c r="B1"><v>1</v></c></row></sheetData>`)...),
		"xlsx, date":  sheettest.Zip(sheettest.XLSX(`<sheetData><row r="1"><c r="A1" s="1"><v>-nan(ind)</v></c><c r="B1"><v>1</v></c></row></sheetData>`)...),
		"spreadsheet": []byte(strings.ReplaceAll(sheettest.SampleNaN2003, "$", "NaN")),
		"ods":         sheettest.Zip(sheettest.Part{Name: "mimetype", Body: "x"}, sheettest.Part{Name: "content.xml", Body: strings.Replace(sheettest.SampleNaNODS, "$", "Infinity", 1)}),
	}
	for name, data := range files {
		if got := sheettest.Read(data); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestBlankCostsNothing: limits count cells with content, wherever blank ones lie.
func TestBlankCostsNothing(t *testing.T) {
	lim := sheet.Limits{Rows: 100, Columns: 10}
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
		return sheettest.Zip(sheettest.XLSX(`<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>甲</t></is></c><c r="XFD1" s="2"/></row>` + rows.String() +
			`<row r="1048576"><c r="XFC1048576" s="2"></c><c r="XFD1048576" s="2"/>` + more + `</row></sheetData>`)...)
	}
	binary := func(more func(w *sheettest.Writer)) []byte {
		return sheettest.XLS([]string{"甲"}, func(w *sheettest.Writer) {
			w.Rec(sheettest.RecLabelSST, sheettest.LE16(0, 0, 0), sheettest.LE32(0))
			w.Rec(0x201, sheettest.LE16(0, 255, 1))                                           // Blank
			w.Rec(0xbe, sheettest.LE16(65535, 0), sheettest.LE16(1, 1, 1), sheettest.LE16(2)) // MulBlank
			w.Rec(0x06, sheettest.LE16(65535, 255, 0), []byte{3, 0, 0, 0, 0, 0, 0xff, 0xff}, make([]byte, 8))
			more(w)
		})
	}
	for _, tt := range []struct {
		name          string
		blank, filled []byte
	}{
		{"xlsx", x(""), x(`<c r="XFE1048576"><v>1</v></c>`)},
		{"xlsx, other rows", x("<!-- -->"), x(`<!-- --><c r="B1048576"><v>1</v></c>`)},
		{"xls", binary(func(*sheettest.Writer) {}), binary(func(w *sheettest.Writer) { w.Rec(sheettest.RecNumber, sheettest.LE16(65535, 3, 0), sheettest.LE64(1)) })},
		{"ods", sheettest.Zip(sheettest.Part{Name: "mimetype", Body: "x"}, sheettest.Part{Name: "content.xml", Body: strings.Replace(ods, "$", "", 1)}),
			sheettest.Zip(sheettest.Part{Name: "mimetype", Body: "x"}, sheettest.Part{Name: "content.xml", Body: strings.Replace(ods, "$", `<table:table-cell office:value-type="float" office:value="1"/>`, 1)})},
		{"SpreadsheetML", []byte(strings.Replace(xml, "$", "", 1)), []byte(strings.Replace(xml, "$", `<Cell Index="2"><Data Type="Number">1</Data></Cell>`, 1))},
		{"html", []byte("<table><tr><td>甲" + strings.Repeat("<td>", 40) + "<td colspan=1000 rowspan=60000></tr>" + html.String() + "</table>"),
			[]byte("<table><tr><td>甲" + strings.Repeat("<td>", 40) + "<td>x</tr></table>")},
		{"csv", []byte("甲" + strings.Repeat(",", 40) + strings.Repeat("\n", 7000)), []byte("甲" + strings.Repeat(",", 40) + "x")},
	} {
		for what, data := range map[string][]byte{"blank": tt.blank, "filled": tt.filled} {
			b, err := anyfile.Open(context.Background(), "x", data, lim)
			var g *sheet.Grid
			if err == nil {
				g, err = b.Grid(0)
			}
			switch {
			case what == "filled" && sheettest.Reason(err) != sheet.TooLarge:
				t.Errorf("%s: content far out: %v", tt.name, err)
			case what == "blank" && err != nil:
				t.Errorf("%s: %v", tt.name, err)
			case what == "blank" && (len(g.Rows) != 1 || len(g.Rows[0].Cells) != 1):
				t.Errorf("%s: %s", tt.name, sheettest.Dump(g))
			}
		}
	}
}

// FuzzOLE: a container changed anywhere is read or refused, and Complete never panics.
func FuzzOLE(f *testing.F) {
	body := sheettest.SampleBIFF()
	f.Add(cfbtest.Short("Workbook", body), uint16(64), uint32(17))
	f.Add(cfbtest.Pack(map[string][]byte{"Book": body}), uint16(76), uint32(3))
	f.Fuzz(func(t *testing.T, data []byte, at uint16, v uint32) {
		if len(data) < 512 || int(at)+4 > len(data) {
			t.Skip()
		}
		copy(data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
		binary.LittleEndian.PutUint32(data[at:], v)
		anyfile.Complete(data)
		b, err := anyfile.Open(context.Background(), "x", data, sheettest.Limits())
		sheettest.CheckBook(t, b, err)
	})
}

// TestAccidentalControl: a control character that got into one cell doesn't make a table something else.
func TestAccidentalControl(t *testing.T) {
	for _, text := range []string{"编号,描述\n1,路灯\x01不亮\n2,井盖破损\n", "<table><tr><td>编号<td>描述<tr><td>1<td>路灯\x01不亮</table>"} {
		g, err := sheettest.First([]byte(text))
		if err != nil || g.Rows[1].Cells[1].Text != "路灯\x01不亮" {
			t.Errorf("%q: %v", text, err)
		}
	}
}
