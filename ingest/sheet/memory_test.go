package sheet

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
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
	data := zipOf(xlsxParts(b.String())...)
	b.Reset()
	book := must(Open(context.Background(), "x", data, Limits{}))
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	start, peak, rows := m.HeapAlloc, uint64(0), 0
	if err := book.Each(0, func(*Row) error {
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

// TestHostileShapes: files made to cost far more than they weigh end soon.
func TestHostileShapes(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	twins := func() string {
		var b strings.Builder
		for i := range 300_000 {
			fmt.Fprintf(&b, `<row r="1"><c r="%s1"><v>1</v></c></row>`, ColumnName(i%16384+1))
		}
		return `<sheetData>` + b.String() + `</sheetData>`
	}
	files := map[string][]byte{
		"one row given 300,000 times": zipOf(xlsxParts(twins())...),
		"spans over everything":       []byte("<table><tr>" + strings.Repeat("<td rowspan=65534 colspan=1000>x", 16) + strings.Repeat("<tr><td>y", 60_000) + "</table>"),
		"unclosed comment":            zipOf(xlsxParts("<!--" + strings.Repeat("- ", 20<<20))...),
		"one endless tag":             zipOf(xlsxParts("<sheetData " + strings.Repeat(`a="b" `, 4<<20))...),
		"blank cells far apart":       zipOf(part{"mimetype", "x"}, part{"content.xml", strings.Replace(sampleODS, `rows-repeated="2"`, `rows-repeated="1048576"`, 1)}),
		"quotes that never close":     []byte("a,b\n" + strings.Repeat("\"x\n", 2<<20)),
		"distinct formats": xlsOf(nil, func(w *biffWriter) {
			for i := range 60_000 {
				w.rec(recNumber, le16(i, 0, i), le64(1))
			}
		}),
	}
	for name, data := range files {
		at := time.Now()
		_, err := readAll("x", data)
		if took := time.Since(at); took > 5*time.Second {
			t.Errorf("%s: took %v (%v)", name, took, err)
		}
		if err != nil {
			if asReason(err) == "" || strings.Contains(err.Error(), "panic:") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
