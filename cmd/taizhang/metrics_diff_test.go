package main

import (
	"testing"

	"taizhang/internal/metric"
	"taizhang/queries"
)

// TestChangesAreSeen: what moved a little is shown as having moved, in points of a ratio, and a ratio that stayed shows what moved.
func TestChangesAreSeen(t *testing.T) {
	catalogue, err := metric.Load()
	if err != nil {
		t.Fatal(err)
	}
	ratio, err := catalogue.Metric("job_fair_conversion")
	if err != nil {
		t.Fatal(err)
	}
	count, err := catalogue.Metric("problems_closed")
	if err != nil {
		t.Fatal(err)
	}
	of := func(num, den float64) queries.Figure {
		return queries.Figure{Metric: ratio, Value: num / den, Num: num, Den: den}
	}
	for _, c := range []struct {
		change             queries.Change
		before, after, was string
	}{
		{queries.Change{Before: of(932, 10440), After: of(969, 10892), Change: 969.0/10892 - 932.0/10440}, "8.93%", "8.90%", "-0.03 points"},
		{queries.Change{Before: of(58, 69), After: of(62, 77), Change: 62.0/77 - 58.0/69}, "84.1%", "80.5%", "-3.6 points"}, // as the columns say; exactly -3.54
		{queries.Change{Before: of(9, 21), After: of(6, 21), Change: 6.0/21 - 9.0/21}, "42.9%", "28.6%", "-14.3 points"},
		{queries.Change{Before: of(9, 9), After: of(6, 6), Change: 0.0}, "100.0% 9/9", "100.0% 6/6", "unchanged"},
		{queries.Change{Before: queries.Figure{Metric: ratio}, After: of(9, 9)}, "—", "100.0%", "—"},
		{queries.Change{Before: queries.Figure{Metric: count, Value: int64(6)}, After: queries.Figure{Metric: count, Value: int64(9)}, Change: int64(3)}, "6", "9", "+3"},
	} {
		before, after, was := shownChange(c.change)
		if before != c.before || after != c.after || was != c.was {
			t.Errorf("%s %s %s, want %s %s %s", before, after, was, c.before, c.after, c.was)
		}
	}
}
