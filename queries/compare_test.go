package queries

import (
	"context"
	"math"
	"testing"
	"time"

	"taizhang/internal/calendar"
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
