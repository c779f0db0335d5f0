package anyfile_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"taizhang/ingest/sheet/sheettest"
	"taizhang/ingest/sheet/stored"
)

// TestSharedBlocks: texts are found on both sides of where a block of the table ends.
func TestSharedBlocks(t *testing.T) {
	for _, n := range []int{1, stored.BlockTexts - 1, stored.BlockTexts, stored.BlockTexts + 1, 2*stored.BlockTexts + 7} {
		var texts []string
		var cells strings.Builder
		for i := range n {
			texts = append(texts, strings.Repeat("第", i%3)+strconv.Itoa(i))
			fmt.Fprintf(&cells, `<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>`, i+1, i+1, n-1-i)
		}
		for format, data := range map[string][]byte{
			"xlsx": sheettest.Zip(sheettest.XLSX(`<sheetData>`+cells.String()+`</sheetData>`, texts...)...),
			"xls": sheettest.XLS(texts, func(w *sheettest.Writer) {
				for i := range n {
					w.Rec(sheettest.RecLabelSST, sheettest.LE16(i, 0, 0), sheettest.LE32(n-1-i))
				}
			}),
		} {
			g, err := sheettest.First(data)
			if err != nil || len(g.Rows) != n {
				t.Errorf("%s of %d texts: %v", format, n, err)
				continue
			}
			for i, r := range g.Rows {
				if got, want := r.Cells[0].Text, texts[n-1-i]; got != want {
					t.Fatalf("%s of %d texts: row %d: %q, want %q", format, n, i+1, got, want)
				}
			}
		}
	}
}
