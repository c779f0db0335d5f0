package weekly

import (
	"context"
	"slices"
	"strings"
	"testing"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// TestFurthestIsNamedByWhatItLacks: the unit that is named beside a missed target is the one that lacks the most items, which
// needn't have the lowest rate; the sentence says so.
func TestFurthestIsNamedByWhatItLacks(t *testing.T) {
	z := articleZone(t)
	z.target = [][]any{{"closure_rate", 0.9, "plain"}}
	parts := func(num, den float64) func(string, warehouse.Point) (n, d *float64) {
		return func(m string, _ warehouse.Point) (n, d *float64) {
			if m != "closure_rate" {
				return nil, nil
			}
			return &num, &den
		}
	}
	z.parts = map[string]func(string, warehouse.Point) (n, d *float64){"产业局": parts(47, 59), "双马街道": parts(3, 5)}
	said, _ := attention(t, z)
	if !slices.ContainsFunc(said, func(s string) bool {
		return strings.HasSuffix(s, "（179/216），差件数最多的是产业局（47/59）。")
	}) {
		t.Errorf("page one says %q", said)
	}
}

// TestFunnelComparesLike: the share of those hired is of the fairs that tell it, and the funnel says how many do.
func TestFunnelComparesLike(t *testing.T) {
	for _, c := range []struct{ hires, row, note string }{
		{"30, null", "实际入职|人|30|0.75|", "实际入职：2场中1场已填报，占上环节按这些场次的达成意向计算。"},
		{"30, 10", "实际入职|人|40|0.5|", ""},
		{"null, null", "实际入职|人|<nil>|<nil>|", "各场招聘活动都没有填报实际入职。"},
	} {
		first, second, _ := strings.Cut(c.hires, ", ")
		r := open(t, warehousetest.Publish(t, "2022-08-15", asOf.KnownAt, func(db *warehouse.DB) {
			warehousetest.FillSmall(t, db)
			warehousetest.Exec(t, db, "insert into raw.return by name select * replace ('6-1' as return_id, 6 as arrival, 'job_fair' as form) from raw.return where return_id = '5-1'")
			for i, hires := range []string{first, second} {
				warehousetest.Exec(t, db, "insert into raw.job_fair (zone, return_id, sheet, row_no, fair_name, held_on, enterprises, positions, seekers, intentions, hires) values ('xt', '6-1', '表1', "+
					[]string{"2", "3"}[i]+", '招聘会"+[]string{"一", "二"}[i]+"', date '2022-06-05', 10, 100, 80, 40, "+hires+")")
			}
		}))
		b, err := Build(context.Background(), r, warehouse.Point{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := sheetOf(b, "就业招聘")
		_, funnel, _ := strings.Cut(got, "转化漏斗 ")
		note, _, _ := strings.Cut(funnel, "\n")
		if note != c.note || !strings.Contains(funnel, c.row) {
			t.Errorf("hires %s:\n%s\nwant %s and %q", c.hires, funnel, c.row, c.note)
		}
	}
}
