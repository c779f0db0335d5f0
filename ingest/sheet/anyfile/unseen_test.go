package anyfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
)

// TestUnseen: what is written in the colour behind it is known of each format, white on a dark cell isn't meant; what the format
// ;;; hides is known where formats are codes. The files were written by openpyxl and saved again by LibreOffice.
func TestUnseen(t *testing.T) {
	for name, want := range map[string]string{"unseen.xlsx": "white 12 13 blue", "unseen.xls": "white 12 13 blue", "unseen.ods": "white 12 blue"} {
		content, err := os.ReadFile(filepath.Join("testdata", "unseen", name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := anyfile.Open(t.Context(), name, content, sheet.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		if err := b.Each(0, func(row *sheet.Row) error {
			for _, c := range row.Cells {
				if c.Unseen {
					got = append(got, c.Text)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: unseen are %q, want %q", name, s, want)
		}
	}
}
