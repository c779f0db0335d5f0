package anyfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
)

func looksFiles(t testing.TB) [][]byte {
	var out [][]byte
	for _, name := range []string{"looks.xls", "looks.ods"} {
		content, err := os.ReadFile(filepath.Join("..", "..", "receipt", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, content)
	}
	return out
}

// TestLooksOfOtherFormats: formats that say nothing of looks have none, which is no error.
func TestLooksOfOtherFormats(t *testing.T) {
	b, err := anyfile.Open(t.Context(), "a.csv", []byte("编号,内容\n1,路灯\n"), sheet.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if l, err := b.Looks(0); l != nil || err != nil {
		t.Errorf("%v %v", l, err)
	}
}

// FuzzLooks: whatever a file says of its looks, reading them ends, without a panic, within their bounds.
func FuzzLooks(f *testing.F) {
	for _, content := range looksFiles(f) {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		lim := sheet.DefaultLimits()
		lim.FileBytes, lim.InflatedBytes = 1<<20, 8<<20
		b, err := anyfile.Open(t.Context(), "", content, lim)
		if err != nil {
			return
		}
		for i := range b.Sheets() {
			l, err := b.Looks(i)
			if err != nil && strings.Contains(err.Error(), "looks: ") { // a panic
				t.Fatal(err)
			}
			if err != nil || l == nil {
				continue
			}
			cells := 0
			for _, r := range l.Rows {
				cells += len(r.Cells)
				for _, s := range r.Cells {
					if s < 1 || s >= len(l.Styles) {
						t.Fatalf("style %d of %d", s, len(l.Styles))
					}
				}
			}
			if cells > sheet.MaxLooks {
				t.Fatalf("%d cells", cells)
			}
		}
	})
}
