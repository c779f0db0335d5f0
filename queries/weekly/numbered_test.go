package weekly

import (
	"strings"
	"testing"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/internal/workbook"
)

// TestPartsAreNumbered: a part of the text that has nothing to say leaves no gap in the numbers of the others, in the
// paragraphs and on the sheet.
func TestPartsAreNumbered(t *testing.T) {
	r := open(t, warehousetest.Publish(t, "2022-08-15", asOf.KnownAt, func(db *warehouse.DB) {
		warehousetest.Exec(t, db, "insert into ctl.submitter by name select 'xt' as zone, 'dh' as code, '东湖街道' as name, 'street' as kind, 1 as seq")
		warehousetest.Exec(t, db, "insert into ctl.obligation by name select 'xt' as zone, 'dh' as submitter, 'key_task' as form, 'ledger' as mode, '2022-W32' as period, date '2022-08-08' as period_start, date '2022-08-14' as period_end, timestamp '2022-08-15 08:00:00' as due_at")
	}))
	text, err := Text(t.Context(), r, warehouse.Point{}, Options{})
	if err != nil || !strings.HasPrefix(text, "一、存在问题\n") || !strings.Contains(text, "\n二、下步打算\n") || strings.Contains(text, "三、") {
		t.Errorf("%v\n%s", err, text)
	}
	b, err := Build(t.Context(), r, warehouse.Point{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var headings []string
	for _, s := range b.Sheets {
		for _, x := range s.Blocks {
			if h, ok := x.(workbook.Heading); ok && s.Name == "文字材料" {
				headings = append(headings, h.Text)
			}
		}
	}
	if got := strings.Join(headings, " "); got != "一、存在问题 二、下步打算" {
		t.Errorf("on the sheet: %s", got)
	}
}
