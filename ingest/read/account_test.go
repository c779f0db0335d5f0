package read

import (
	"testing"

	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/sheet"
)

// TestUnaccounted: a row that became nothing sends the return back, whatever this program did with it.
func TestUnaccounted(t *testing.T) {
	rd := &Reader{}
	for name, lose := range map[string]func(*Part) (rows int){
		"a row below the head": func(pt *Part) int {
			pt.Tables = []*layout.Table{{Grid: &sheet.Grid{Name: "台账"}, Below: 1}}
			return 0
		},
		"a line": func(*Part) int { return 1 },
	} {
		pt := rd.newPart(&forms.Form{ID: "problem"})
		rd.account(pt, lose(pt))
		if n := len(pt.Ret.Findings); n != 1 || pt.Ret.Findings[0].Rule != "rows_unaccounted" || !pt.Fatal {
			t.Errorf("%s: %+v", name, pt.Ret.Findings)
		}
	}
}
