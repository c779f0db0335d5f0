package queries

import (
	"context"
	"math"
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

func TestCompare(t *testing.T) {
	ctx := context.Background()
	r := open(t, warehousetest.Publish(t, "2022-08-15", time.Date(2022, 8, 15, 12, 0, 0, 0, time.UTC), func(db *warehouse.DB) {
		warehousetest.FillSmall(t, db)
		warehousetest.Exec(t, db, "insert into ctl.target values ('xt', 'closure_rate', 0.6, 'plain'), ('incentive_paid', 'incentive_paid', 1.0, 'year_progress')")
	}))
	figures, with, err := r.Compare(ctx, Ask{Metrics: []string{"closure_rate", "incentive_paid", "problems_collected"}})
	if err != nil || len(with) != 3 {
		t.Fatal(with, err)
	}
	// on the 8th W31's two open problems counted; a month before, nothing
	if c := with[0]; *result.Float(c.LastWeek) != 0 || math.Abs(*result.Float(c.WeekChange)-4.0/7) > 1e-9 || c.LastMonth != nil || c.MonthChange != nil || c.Light != "黄" || *c.Goal != 0.6 {
		t.Errorf("%+v", c)
	}
	if c := with[1]; c.Basis != "year_progress" || math.Abs(*c.Goal-227.0/365) > 1e-9 || c.Light != "红" || *result.Float(c.MonthChange) != 0 {
		t.Errorf("%+v", c)
	}
	if c := with[2]; c.WeekChange != int64(5) || c.LastMonth != int64(0) || c.Target != nil || c.Light != "" {
		t.Errorf("%+v of %v", c, figures[2].Value)
	}
	// in January what was summed up to December is no last week's; a ledger's count is
	turned := Ask{Metrics: []string{"incentive_paid", "problems_collected"}, Point: warehouse.Point{AsOf: calendar.NewDate(2022, 1, 3), From: calendar.NoDate}}
	if _, with, err = r.Compare(ctx, turned); err != nil || with[0].LastWeek != nil || with[0].WeekChange != nil || with[1].LastWeek != int64(0) {
		t.Errorf("%v %+v", err, with)
	}
	turned.From = calendar.NewDate(2021, 1, 1)
	if _, with, err = r.Compare(ctx, turned); err != nil || with[0].LastWeek == nil {
		t.Errorf("one window for both: %v %+v", err, with)
	}
	if _, with, err = r.Compare(ctx, Ask{Metrics: []string{"closure_rate"}, By: []string{"street"}}); err != nil || len(with) != 2 || with[0].Target != nil {
		t.Error(with, err)
	}
	if _, _, err = r.Compare(ctx, Ask{By: []string{"week"}}); err == nil {
		t.Error("by week")
	}
	for d, want := range map[calendar.Date]string{calendar.NewDate(2022, 3, 31): "2022-02-28", calendar.NewDate(2022, 1, 15): "2021-12-15"} {
		if got := monthBefore(d); got.String() != want {
			t.Errorf("a month before %s is %s, want %s", d, got, want)
		}
	}
}

// TestLightOfNobody: a zero of which no return has come meets no target, and misses none while nothing was due.
func TestLightOfNobody(t *testing.T) {
	c, err := metric.Load()
	if err != nil {
		t.Fatal(err)
	}
	light := func(name string, value, goal float64, expected, received int64) string {
		m, err := c.Metric(name)
		if err != nil {
			t.Fatal(err)
		}
		return Light(m, &value, Coverage{Expected: expected, Received: received}, goal)
	}
	for _, x := range []struct {
		metric             string
		value, goal        float64
		expected, received int64
		want               string
	}{
		{"items_overdue", 0, 0, 3, 1, "绿"}, {"items_overdue", 0, 0, 3, 0, ""}, {"items_overdue", 4, 0, 3, 0, "红"},
		{"incentive_paid", 0, 5, 2, 0, "红"}, {"incentive_paid", 0, 5, 0, 0, ""}, {"incentive_paid", 5, 5, 0, 0, "绿"},
		{"return_completeness", 0, 1, 4, 0, "红"}, // of returns themselves it is told
	} {
		if got := light(x.metric, x.value, x.goal, x.expected, x.received); got != x.want {
			t.Errorf("%s %v of %v, %d of %d returns: %q, want %q", x.metric, x.value, x.goal, x.received, x.expected, got, x.want)
		}
	}
}
