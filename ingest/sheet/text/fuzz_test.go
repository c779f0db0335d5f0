package text_test

import (
	"context"
	"encoding/csv"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
	"taizhang/ingest/sheet/text"
	"taizhang/internal/charset"
)

// FuzzFields: whatever a text holds, its fields come out as text or number, none is lost but blank ones.
func FuzzFields(f *testing.F) {
	for _, s := range []string{"a\t,b\t\n1\t,2\t\n", `="0012",'7` + "\n", "Σ,Ω\n", "x;y\n\n1;2;3\n", "\"a\n\"\"\",b\r", `"=""1""",="a,b"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			t.Skip()
		}
		b, err := anyfile.Open(context.Background(), "x", []byte(s), sheettest.Limits())
		if err != nil {
			sheettest.CheckError(t, err)
			return
		}
		if b.Format != sheet.CSV {
			t.Skip()
		}
		sheettest.CheckBook(t, b, nil)
		g, err := b.Grid(0)
		if err != nil {
			return
		}
		for _, r := range g.Rows {
			if last := r.Cells[len(r.Cells)-1].Col; r.Fields < last {
				t.Fatalf("row %d has %d fields, the last in column %d", r.N, r.Fields, last)
			}
		}
	})
}

// FuzzCSV compares with the strict reader of the standard library wherever that one reads.
func FuzzCSV(f *testing.F) {
	f.Add("编号,金额\n007,1.5\n\n\"a\nb\",\"c\"\"d\"\n")
	f.Add("a;b\n1;2\n")
	f.Add("sep=|\na|b\n")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := anyfile.Open(context.Background(), "x.csv", []byte(s), sheettest.Limits())
		sheettest.CheckBook(t, b, err)
		if err != nil || b.Format != sheet.CSV || b.Charset != "utf-8" || strings.Contains(s, "\r") || strings.HasPrefix(s, "\ufeff") || strings.HasSuffix(s, "\x1a") || strings.HasSuffix(s, "\x00") {
			return
		}
		sep, skipLine := text.Divides([]byte(s), charset.Charset{Name: b.Charset})
		if skipLine || sep == '"' || strings.ContainsAny(s, "='\t") { // these are read as Excel shows them
			return
		}
		r := csv.NewReader(strings.NewReader(s))
		r.Comma, r.FieldsPerRecord = rune(sep), -1
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
			if sheettest.Reason(err) == sheet.TooLarge {
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
