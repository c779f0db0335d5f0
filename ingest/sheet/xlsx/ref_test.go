package xlsx_test

import (
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/xlsx"
)

func TestRefs(t *testing.T) {
	for col, name := range map[int]string{1: "A", 26: "Z", 27: "AA", 702: "ZZ", 703: "AAA", 16384: "XFD"} {
		if got := sheet.ColumnName(col); got != name {
			t.Errorf("%d: %s", col, got)
		}
		if row, c, ok := xlsx.ParseRef([]byte(name + "12")); !ok || row != 12 || c != col {
			t.Errorf("%s12: %d %d %v", name, row, c, ok)
		}
	}
}
