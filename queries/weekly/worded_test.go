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

// TestMoneyReadsAsOnItsCard: what is said of money that misses its target has the digits of the card above it.
func TestMoneyReadsAsOnItsCard(t *testing.T) {
	z := articleZone(t)
	z.target = [][]any{{"incentive_paid", 5e6, "plain"}}
	value := z.value
	z.value = func(m string, p warehouse.Point) (v, n, d *float64) {
		if m == "incentive_paid" {
			return num(2503390), nil, nil
		}
		return value(m, p)
	}
	if said, _ := attention(t, z); !slices.Contains(said, "红兑付惠企资金250.34万元，距目标500万元差249.66万元。") {
		t.Errorf("page one says %q", said)
	}
}

// TestUnitsThatLackAlikeAreAllNamed: of two units that lack as much for a target, or that moved a figure as much, neither is
// singled out.
func TestUnitsThatLackAlikeAreAllNamed(t *testing.T) {
	z := articleZone(t)
	z.target = [][]any{{"closure_rate", 0.9, "plain"}}
	z.parts = map[string]func(string, warehouse.Point) (n, d *float64){}
	for _, unit := range []string{"产业局", "双马街道", "板塘街道"} {
		z.parts[unit] = func(m string, _ warehouse.Point) (n, d *float64) {
			if m != "closure_rate" {
				return nil, nil
			}
			return num(4), num(6)
		}
		want := map[string]string{"双马街道": "差件数最多的是产业局（4/6）、双马街道（4/6）。", "板塘街道": "差件数最多的是产业局（4/6）、双马街道（4/6）等3个单位。"}[unit]
		if len(z.parts) == 1 {
			continue // of one unit alone nothing is said
		}
		if said, _ := attention(t, z); !slices.ContainsFunc(said, func(s string) bool { return strings.HasSuffix(s, want) }) {
			t.Errorf("%d units alike: page one says %q, want …%s", len(z.parts), said, want)
		}
	}
}

// TestUnitsThatMovedAlikeAreAllNamed: where two units explain half of a change each, both are named.
func TestUnitsThatMovedAlikeAreAllNamed(t *testing.T) {
	z := articleZone(t)
	value := z.value
	at := func(p warehouse.Point, now, then float64) *float64 {
		if p.AsOf < asOf.AsOf {
			return num(then)
		}
		return num(now)
	}
	z.value = func(m string, p warehouse.Point) (v, n, d *float64) {
		if m == "problems_collected" {
			return at(p, 20, 12), nil, nil
		}
		return value(m, p)
	}
	unit := func(m string, p warehouse.Point) *float64 {
		if m == "problems_collected" {
			return at(p, 10, 6)
		}
		return num(0)
	}
	z.units = map[string]func(string, warehouse.Point) *float64{"双马街道": unit, "产业局": unit}
	w, err := weeklyOf(z, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.driver("problems_collected"); got != "，主要在产业局（+4）、双马街道（+4）" {
		t.Errorf("the units that explain the change: %q", got)
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
