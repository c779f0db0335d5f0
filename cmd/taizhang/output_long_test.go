package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"taizhang/internal/result"
)

// TestLongResultsReadAsShortOnes: a table or md whose rows waited in a temporary file is that of a listing in memory, to the
// byte, and leaves no file behind.
func TestLongResultsReadAsShortOnes(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	table := result.Table{Columns: []result.Column{{Name: "数"}, {Name: "text"}, {Name: "混"}}, Rows: [][]any{
		{int64(1), "甲|乙\n丙", nil}, {1.5, "", "x"}, {nil, "a\x1b[31m", json.Number("12.50")}, {int64(-30000), strings.Repeat("长", 30), true},
	}}
	for _, rows := range [][][]any{table.Rows, nil} {
		table.Rows = rows
		for _, format := range []string{"table", "md"} {
			var want bytes.Buffer
			if err := listingOf(table).write(&want, format, false, nil); err != nil {
				t.Fatal(err)
			}
			for _, most := range []int{0, 40, keptRows} {
				var got bytes.Buffer
				long := newLongText(&got, format, table.Columns)
				long.most = most
				for _, r := range rows {
					if err := long.Row(r); err != nil {
						t.Fatal(err)
					}
				}
				if waits := long.file != nil; waits != (most < keptRows && rows != nil) {
					t.Errorf("%d bytes kept: a temporary file: %v", most, waits)
				}
				if err := long.End(); err != nil {
					t.Fatal(err)
				}
				if err := long.discard(); err != nil {
					t.Fatal(err)
				}
				if got.String() != want.String() {
					t.Errorf("%s, %d bytes kept:\n%s\nwant\n%s", format, most, got.String(), want.String())
				}
			}
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestLongResultsTakeNoMemory: what is held of a result doesn't grow with its rows.
func TestLongResultsTakeNoMemory(t *testing.T) {
	held := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for _, format := range []string{"table", "md"} {
		before := held()
		long := newLongText(io.Discard, format, []result.Column{{Name: "n"}, {Name: "t"}})
		defer func() { _ = long.discard() }()
		text := strings.Repeat("x", 500)
		for i := range 200_000 { // 100 MB
			if err := long.Row([]any{int64(i), text}); err != nil {
				t.Fatal(err)
			}
		}
		if grown := int64(held()) - int64(before); grown > 3*keptRows {
			t.Errorf("%s: %d MB are held of 100", format, grown>>20)
		}
		if err := long.End(); err != nil {
			t.Fatal(err)
		}
	}
}
