package queries

import (
	"context"
	"fmt"
	"slices"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/result"
)

// Comparison is what a figure is compared with: the same figure a week and a
// month earlier (as known now), the target, and of a target for the year what
// of it should be reached by now (序时进度).
type Comparison struct {
	LastWeek, LastMonth     any
	WeekChange, MonthChange any
	Target                  *float64
	Basis                   string   // plain, year_progress or empty
	Goal                    *float64 // the target as of the date
	YearProgress            float64  // share of the year gone by
	Light                   string   // 绿, 黄, 红 or empty
}

// Compare computes figures with what they are compared with. Targets are of
// whole zones: figures of a breakdown have none.
func (r *Reader) Compare(ctx context.Context, a Ask) ([]Figure, []Comparison, error) {
	for _, d := range []string{"week", "month"} {
		if _, asked := a.Where[d]; asked || slices.Contains(a.By, d) {
			return nil, nil, lang.Errorf("figures by %s can't be compared with last week's: ask without it", "按%s分组的数字不能与上周比较：请去掉它", d)
		}
	}
	figures, err := r.Metrics(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	asOf := r.At(a.Point).AsOf
	window := r.At(a.Point).From
	earlier := func(d calendar.Date) (map[string]any, error) {
		b := a
		b.AsOf = d
		list, err := r.metricsOf(ctx, b, false) // what is there now need not have been there then
		if err != nil {
			return nil, err
		}
		out := map[string]any{}
		for _, f := range list {
			out[dimsKey(f.Metric, f.Dims)] = f.Value
		}
		if r.At(b.Point).From != window { // a sum from 1 January on is not compared with that of the year before
			for _, f := range figures {
				if f.Metric.Fact.Mode == metric.Period {
					out[dimsKey(f.Metric, f.Dims)] = nil
				}
			}
		}
		return out, nil
	}
	week, err := earlier(asOf - 7)
	if err != nil {
		return nil, nil, err
	}
	month, err := earlier(monthBefore(asOf))
	if err != nil {
		return nil, nil, err
	}
	targets, err := r.targets(ctx)
	if err != nil {
		return nil, nil, err
	}
	out := make([]Comparison, len(figures))
	for i, f := range figures {
		k := dimsKey(f.Metric, f.Dims)
		c := Comparison{LastWeek: valueOr(week, k, f), LastMonth: valueOr(month, k, f), YearProgress: YearGone(asOf)}
		c.WeekChange, c.MonthChange = difference(c.LastWeek, f.Value), difference(c.LastMonth, f.Value)
		if t, ok := targets[f.Metric.ID]; ok && len(f.Dims) == 0 && len(a.Where) == 0 {
			goal := t.value
			if t.basis == "year_progress" {
				goal *= c.YearProgress
			}
			c.Target, c.Basis, c.Goal = &t.value, t.basis, &goal
			c.Light = Light(f.Metric, result.Float(f.Value), f.Coverage, goal)
		}
		out[i] = c
	}
	return figures, out, nil
}

// Light is the light of a figure against what it should be. A zero that only says that nobody has handed in is no target
// met and, while nothing was due, none missed.
func Light(m *metric.Metric, value *float64, c Coverage, goal float64) string {
	light := m.Light(value, goal)
	if Silent(m, value, c) && (light == "绿" || c.Expected == 0) {
		return ""
	}
	return light
}

// Silent says of a figure that it is zero and that no return of its forms has come.
func Silent(m *metric.Metric, value *float64, c Coverage) bool {
	return value != nil && *value == 0 && c.Received == 0 && len(m.Fact.Forms) > 0
}

// valueOr is an earlier value; a group that did not exist then counted nothing.
func valueOr(values map[string]any, key string, f Figure) any {
	if v, ok := values[key]; ok {
		return v
	}
	return nothing(f).Value
}

type target struct {
	value float64
	basis string
}

// targets are what the zone holds its figures to, and what the metrics themselves are held to.
func (r *Reader) targets(ctx context.Context) (map[string]target, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]target{}
	for _, m := range r.Catalogue.Metrics {
		if m.Target != nil {
			out[m.ID] = target{*m.Target, "plain"}
		}
	}
	t, err := r.table(ctx, "select metric, cast(target as double), basis from ctl.target where target is not null")
	if err != nil {
		return nil, err
	}
	for _, v := range t.Rows {
		value, _ := v[1].(float64)
		out[text0(v[0])] = target{value, fmt.Sprint(v[2])}
	}
	return out, nil
}

// monthBefore is the same day of the month before, or that month's last day.
func monthBefore(d calendar.Date) calendar.Date {
	first := calendar.NewDate(d.Year(), d.Month(), 1)
	last := first - 1
	return calendar.NewDate(last.Year(), last.Month(), min(d.Day(), last.Day()))
}

// YearGone is the share of the year gone by at a day's end (序时进度).
func YearGone(d calendar.Date) float64 {
	first, next := calendar.NewDate(d.Year(), time.January, 1), calendar.NewDate(d.Year()+1, time.January, 1)
	return float64(d-first+1) / float64(next-first)
}

// Entries are the comparison's keys of machine-readable output, after those of
// the figure.
func (c Comparison) Entries() result.Record {
	number := func(f *float64) any {
		if f == nil {
			return nil
		}
		return *f
	}
	return result.Record{{Key: "last_week", Value: c.LastWeek}, {Key: "week_change", Value: c.WeekChange}, {Key: "last_month", Value: c.LastMonth}, {Key: "month_change", Value: c.MonthChange},
		{Key: "target", Value: number(c.Target)}, {Key: "target_basis", Value: text(c.Basis)}, {Key: "goal", Value: number(c.Goal)}, {Key: "year_progress", Value: c.YearProgress}, {Key: "light", Value: text(c.Light)}}
}
