package anyfile_test

import (
	"os"
	"path/filepath"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
)

// TestStruck: a line through a cell, and through a part of its text (30 struck, 40 not), is known of each format. The files
// were written by openpyxl and saved again by LibreOffice.
func TestStruck(t *testing.T) {
	for _, name := range []string{"struck.xlsx", "struck.xls", "struck.ods"} {
		content, err := os.ReadFile(filepath.Join("testdata", "struck", name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := anyfile.Open(t.Context(), name, content, sheet.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		var got []sheet.Strike
		texts := ""
		if err := b.Each(0, func(row *sheet.Row) error {
			for _, c := range row.Cells {
				got, texts = append(got, c.Struck), texts+c.Text+" "
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		want := []sheet.Strike{sheet.NotStruck, sheet.AllStruck, sheet.AllStruck, sheet.PartStruck, sheet.NotStruck}
		if texts != "plain all 12 3040 13 " || len(got) != len(want) {
			t.Fatalf("%s: %q %v", name, texts, got)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: cell %d: %d, want %d", name, i+1, got[i], want[i])
			}
		}
	}
}
