package receipt

import (
	"testing"

	"taizhang/ingest/finding"
)

// TestPlaceNamesTheRow: what is wrong with a row where the sheet lacks the column is found by its row.
func TestPlaceNamesTheRow(t *testing.T) {
	for want, at := range map[string]finding.Place{
		"台账 第5行": {Sheet: "台账", Row: 5}, "台账 H4": {Sheet: "台账", Row: 4, Cell: "H4"}, "台账": {Sheet: "台账"}, "整个文件": {},
	} {
		if got := place(finding.Finding{}.At(at)); got != want {
			t.Errorf("%+v: %q, want %q", at, got, want)
		}
	}
}
