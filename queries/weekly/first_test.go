package weekly

import (
	"slices"
	"strings"
	"testing"

	"taizhang/internal/calendar"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/internal/workbook"
	"taizhang/queries"
)

// TestNothingHandedIn: of ledgers that nobody has handed in yet page one lights no green nought, says that there is no week to
// compare with, and draws no line of noughts.
func TestNothingHandedIn(t *testing.T) {
	r := open(t, warehousetest.Publish(t, "2022-08-15", warehousetest.Evening, func(db *warehouse.DB) {
		for _, s := range []string{
			"insert into ctl.zone by name select 'xq' as zone, '新区' as name, 'Asia/Shanghai' as timezone",
			"insert into ctl.submitter by name select 'xq' as zone, 'a' as code, '甲局' as name, 'department' as kind, 1 as seq",
			"insert into ctl.obligation by name select 'xq' as zone, 'a' as submitter, 'problem' as form, 'ledger' as mode, '2022-W32' as period, date '2022-08-08' as period_start, date '2022-08-14' as period_end, timestamp '2022-08-15 12:00:00' as due_at",
			"insert into ctl.target by name select 'xq' as zone, 'closure_rate' as metric, 0.9 as target, 'plain' as basis",
		} {
			warehousetest.Exec(t, db, s)
		}
	}))
	b, err := Build(t.Context(), r, warehouse.Point{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var notes []string
	for _, x := range b.Sheets[0].Blocks {
		if n, ok := x.(workbook.Note); ok {
			notes = append(notes, n.Text)
		}
	}
	page := strings.Join(notes, "\n")
	for _, c := range cards(b) {
		if c.Light != "" {
			t.Errorf("%s is lit %s though nobody has handed in", c.Label, c.Light)
		}
	}
	if !strings.Contains(page, "没有上周的数可以对比。") || strings.Contains(page, "持平。") || !strings.Contains(page, "至今仍缺报表1份") {
		t.Errorf("page one says\n%s", page)
	}
	for _, x := range b.Sheets[0].Blocks {
		if c, ok := x.(workbook.Charts); ok {
			t.Errorf("page one draws %+v of nothing", c.Items)
		}
	}
	text, err := Text(t.Context(), r, warehouse.Point{}, Options{})
	if err != nil || !strings.Contains(text, "新区尚未收到问题台账。") || strings.Contains(text, "没有超期事项") {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestRedOfWhatWasDue: a target of what is summed up is missed where returns were due and none has come, and isn't where none was due.
func TestRedOfWhatWasDue(t *testing.T) {
	for due, want := range map[int64]workbook.Light{0: "", 2: workbook.Red} {
		z := articleZone(t)
		z.target = [][]any{{"incentive_paid", 5e6, "plain"}}
		z.covers = func(m string, _ warehouse.Point) queries.Coverage {
			if m == "incentive_paid" {
				return queries.Coverage{Expected: due}
			}
			return queries.Coverage{Expected: 1, Received: 1}
		}
		value := z.value
		z.value = func(m string, at warehouse.Point) (v, n, d *float64) {
			if m == "incentive_paid" {
				return new(float64), nil, nil
			}
			return value(m, at)
		}
		w, err := weeklyOf(z, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := w.light("incentive_paid", w.ask); got != want {
			t.Errorf("%d returns due, none come: light %q, want %q", due, got, want)
		}
	}
}

// TestYearTurns: what is summed from 1 January on is not compared with the sum of the year before; what ledgers hold is. A year's
// target is asked of each week as far as the year had gone by then.
func TestYearTurns(t *testing.T) {
	z := articleZone(t)
	z.target = [][]any{{"incentive_paid", 1e7, "year_progress"}, {"livelihood_completed", 6.5, "year_progress"}}
	ask := warehouse.Point{AsOf: calendar.NewDate(2022, 1, 3), KnownAt: asOf.KnownAt}
	value := z.value
	z.value = func(m string, at warehouse.Point) (v, n, d *float64) {
		if f := 9e6; m == "incentive_paid" {
			if at.AsOf.Year() == 2022 {
				f = 0
			}
			return &f, nil, nil
		}
		if f := 216.0; m == "problems_collected" && at.AsOf == ask.AsOf {
			return &f, nil, nil
		}
		return value(m, at)
	}
	w, err := newWeekly(t.Context(), z, z.cat, ask, Options{})
	if err != nil {
		t.Fatal(err)
	}
	moved := w.movers(w.shown(w.first()), 9)
	if s := strings.Join(moved, ""); strings.Contains(s, "兑付惠企资金") || !strings.Contains(s, "收集问题216个，较上周增加13个") {
		t.Errorf("what changed: %q", moved)
	}
	c := w.card(item{metric: "incentive_paid", label: "兑付惠企资金"}, map[string]bool{})
	if c.Last.Value != nil || c.Last.Missing != "属上年，不比" || c.Change.Value != nil {
		t.Errorf("last week is %+v, the change %+v", c.Last, c.Change)
	}
	if was, is := w.light("livelihood_completed", w.lastAsk), w.light("livelihood_completed", w.ask); was != workbook.Amber || is != workbook.Green {
		t.Errorf("six of 6.5 items are %q at the end of the year and %q after three days of the next", was, is)
	}
	said, err := w.missed(t.Context())
	if err != nil || !slices.ContainsFunc(said, func(x worry) bool {
		return strings.HasPrefix(x.text, "兑付惠企资金0万元，距序时目标8.22万元差8.22万元。")
	}) {
		t.Errorf("%v %+v", err, said)
	}
}

// TestNobodyHandedIn: a week in which no return has come leaves the figures as they were, which is no standstill.
func TestNobodyHandedIn(t *testing.T) {
	z := articleZone(t)
	value := z.value
	z.value = func(m string, at warehouse.Point) (v, n, d *float64) { return value(m, asOf) }
	z.due = [][]any{{"产业局", "问题台账", false}}
	w, err := weeklyOf(z, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.movers(w.shown(w.first()), 3); len(got) != 1 || got[0] != "本周应报的报表都没有收到，各数沿用以前的报表。" {
		t.Errorf("what changed: %q", got)
	}
	z.covers = func(string, warehouse.Point) queries.Coverage { return queries.Coverage{Expected: 1} }
	z.value = func(string, warehouse.Point) (v, n, d *float64) { return new(float64), nil, nil }
	if w, err = weeklyOf(z, Options{}); err != nil {
		t.Fatal(err)
	}
	if got := w.movers(w.shown(w.first()), 3); len(got) != 1 || got[0] != "没有上周的数可以对比。" {
		t.Errorf("nobody has ever handed in: %q", got)
	}
	z.covers, z.value = nil, func(m string, at warehouse.Point) (v, n, d *float64) { return value(m, asOf) }
	z.due[0][2] = true
	if w, err = weeklyOf(z, Options{}); err != nil {
		t.Fatal(err)
	}
	if got := w.movers(w.shown(w.first()), 3); len(got) != 1 || got[0] != "主要指标与上周持平。" {
		t.Errorf("what changed: %q", got)
	}
}

// TestNothingWasDue: a nought for which no return has been due yet, as in January, is not told as complete.
func TestNothingWasDue(t *testing.T) {
	nought, some := 0.0, 5.0
	for _, c := range []struct {
		f    figure
		want string
	}{
		{figure{Value: &nought}, "尚无到期报表"},
		{figure{}, "尚无到期报表"},
		{figure{Value: &some}, ""},
		{figure{Value: &nought, Coverage: queries.Coverage{Expected: 2, Received: 2}}, ""},
		{figure{Value: &nought, Coverage: queries.Coverage{Expected: 2, Received: 1}}, "缺报1份"},
	} {
		if got := coverageOf(c.f); got != c.want {
			t.Errorf("%+v: %q, want %q", c.f, got, c.want)
		}
	}
}
