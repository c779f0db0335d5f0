package main

import "testing"

// TestRatiosThatDiffer: what moved a little is shown as having moved.
func TestRatiosThatDiffer(t *testing.T) {
	p := func(f float64) *float64 { return &f }
	for _, c := range []struct {
		before, after  *float64
		was, is, moved string
	}{
		{p(932.0 / 10440), p(969.0 / 10892), "8.93%", "8.90%", "-0.03 points"},
		{p(0.8333), p(0.829), "83.3%", "82.9%", "-0.4 points"},
		{p(0), p(1), "0.0%", "100.0%", "+100.0 points"},
	} {
		was, is, moved := shownRatios(c.before, c.after, *c.after-*c.before)
		if was != c.was || is != c.is || moved != c.moved {
			t.Errorf("%s %s %s, want %s %s %s", was, is, moved, c.was, c.is, c.moved)
		}
	}
}
