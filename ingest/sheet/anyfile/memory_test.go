package anyfile_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
)

// TestEachMemory: reading row by row takes the same memory however many rows there are.
func TestEachMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	var b strings.Builder
	b.WriteString(`<sheetData>`)
	for r := 1; r <= 250_000; r++ {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><v>%d.25</v></c><c r="B%d" t="inlineStr"><is><t>第%d行</t></is></c><c r="C%d" s="1"><v>44564</v></c></row>`, r, r, r, r, r, r)
	}
	b.WriteString(`</sheetData>`)
	data := sheettest.Zip(sheettest.XLSX(b.String())...)
	b.Reset()
	book := sheettest.Must(anyfile.Open(context.Background(), "x", data, sheet.Limits{}))
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	start, peak, rows := m.HeapAlloc, uint64(0), 0
	if err := book.Each(0, func(*sheet.Row) error {
		if rows++; rows%25_000 == 0 {
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if rows != 250_000 {
		t.Errorf("%d rows", rows)
	}
	if grown := int64(peak) - int64(start); grown > 16<<20 {
		t.Errorf("heap grew by %d MiB", grown>>20)
	}
}

// soon is some seconds of work on a machine that has other work to do; what these shapes are made to cost is minutes.
const soon = 20 * time.Second

// TestHostileShapes: files made to cost far more than they weigh end soon.
func TestHostileShapes(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	twins := func() string {
		var b strings.Builder
		for i := range 300_000 {
			fmt.Fprintf(&b, `<row r="1"><c r="%s1"><v>1</v></c></row>`, sheet.ColumnName(i%16384+1))
		}
		return `<sheetData>` + b.String() + `</sheetData>`
	}
	files := map[string][]byte{
		"one row given 300,000 times": sheettest.Zip(sheettest.XLSX(twins())...),
		"spans over everything":       []byte("<table><tr>" + strings.Repeat("<td rowspan=65534 colspan=1000>x", 16) + strings.Repeat("<tr><td>y", 60_000) + "</table>"),
		"unclosed comment":            sheettest.Zip(sheettest.XLSX("<!--" + strings.Repeat("- ", 20<<20))...),
		"one endless tag":             sheettest.Zip(sheettest.XLSX("<sheetData " + strings.Repeat(`a="b" `, 4<<20))...),
		"blank cells far apart":       sheettest.Zip(sheettest.Part{Name: "mimetype", Body: "x"}, sheettest.Part{Name: "content.xml", Body: strings.Replace(sheettest.SampleODS, `rows-repeated="2"`, `rows-repeated="1048576"`, 1)}),
		"quotes that never close":     []byte("a,b\n" + strings.Repeat("\"x\n", 2<<20)),
		"distinct formats": sheettest.XLS(nil, func(w *sheettest.Writer) {
			for i := range 60_000 {
				w.Rec(sheettest.RecNumber, sheettest.LE16(i, 0, i), sheettest.LE64(1))
			}
		}),
	}
	for name, data := range files {
		at := time.Now()
		_, err := sheettest.ReadAll("x", data)
		if took := time.Since(at); took > soon {
			t.Errorf("%s: took %v (%v)", name, took, err)
		}
		if err != nil {
			if sheettest.Reason(err) == "" || strings.Contains(err.Error(), "panic:") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestTimeUp: reading ends soon after its time, in every format, before the first row and between rows.
func TestTimeUp(t *testing.T) {
	const rows = 20_000
	repeat := func(before, each, after string) string { return before + strings.Repeat(each, rows) + after }
	files := map[string][]byte{
		"xlsx":    sheettest.Zip(sheettest.XLSX(repeat(`<sheetData>`, `<row><c><v>1</v></c></row>`, `</sheetData>`))...),
		"ods":     sheettest.Zip(sheettest.Part{Name: "mimetype", Body: "x"}, sheettest.Part{Name: "content.xml", Body: repeat(`<o:document-content xmlns:o="o"><o:body><o:spreadsheet><t:table>`, `<t:table-row><t:table-cell o:value-type="float" o:value="1"/></t:table-row>`, `</t:table></o:spreadsheet></o:body></o:document-content>`)}),
		"csv":     []byte(repeat("a,b\n", "1,2\n", "")),
		"gb18030": append([]byte("\xb1\xe0\xba\xc5,\xbd\xf0\xb6\xee\n"), repeat("", "1,2\n", "")...),
		"html":    []byte(repeat("<table>", "<tr><td>x", "</table>")),
		"xml2003": []byte(repeat(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet Name="a"><Table>`, `<Row><Cell><Data Type="Number">1</Data></Cell></Row>`, `</Table></Worksheet></Workbook>`)),
		"xls": sheettest.XLS(nil, func(w *sheettest.Writer) {
			for r := range rows {
				w.Rec(sheettest.RecNumber, sheettest.LE16(r, 0, 0), sheettest.LE64(1))
			}
		}),
	}
	for name, data := range files {
		ctx, end := context.WithCancel(context.Background())
		b, err := anyfile.Open(ctx, "x", data, sheet.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			end()
			continue
		}
		n := 0
		err = b.Each(0, func(*sheet.Row) error {
			if n++; n == 10 {
				end()
			}
			return nil
		})
		if sheettest.Reason(err) != sheet.TooSlow || n > 10+256 {
			t.Errorf("%s: %v after %d rows", name, err, n)
		}
		if _, err := b.Grid(0); sheettest.Reason(err) != sheet.TooSlow {
			t.Errorf("%s again: %v", name, err)
		}
	}
	ctx, end := context.WithCancel(context.Background())
	end()
	if _, err := anyfile.Open(ctx, "x", files["xlsx"], sheet.Limits{}); sheettest.Reason(err) != sheet.TooSlow {
		t.Errorf("opened after its time: %v", err)
	}
	// A part that gives no row: blanks, without end.
	blanks := sheettest.Zip(sheettest.XLSX(`<sheetData>` + strings.Repeat(" ", 8<<20) + `</sheetData>`)...)
	ctx, end = context.WithCancel(context.Background())
	b := sheettest.Must(anyfile.Open(ctx, "x", blanks, sheet.Limits{}))
	end()
	if _, err := b.Grid(0); sheettest.Reason(err) != sheet.TooSlow {
		t.Errorf("blanks: %v", err)
	}
}
