package onepage

import (
	"math"

	"taizhang/internal/rounded"
)

// scale is what an axis of values shows: from lowest to highest in equal steps that people count in.
type scale struct {
	low, high, step float64
	steps           int
	decimals        int // that tell its ticks apart
}

const (
	mostSteps = 5
	headroom  = 0.15 // of the axis, above bars that carry their values
)

// scale finds the axis for the chart's values. It begins at nought under bars, and under lines unless that would press
// them flat against the top. Rates up to 100 % end there; whole numbers have whole ticks.
func (c Chart) scale(bars bool) scale {
	unit := 1.0 // what is counted: percents of rates
	if c.Percent {
		unit = 100
	}
	low, high := c.span(unit, bars)
	least := 0.0 // step
	if c.counts() {
		least = 1
	}
	s := scale{step: stepFor((high-low)/mostSteps, least)}
	for {
		s.low, s.high = math.Floor(low/s.step+1e-9)*s.step, math.Ceil(high/s.step-1e-9)*s.step
		s.high = max(s.high, s.low+s.step)
		if s.steps = int(math.Round((s.high - s.low) / s.step)); s.steps <= mostSteps+1 {
			break
		}
		s.step = stepFor(s.step*1.01, least)
	}
	for d := s.step; math.Abs(d-math.Round(d)) > 1e-6 && s.decimals < 6; d *= 10 {
		s.decimals++
	}
	s.low, s.high, s.step = s.low/unit, s.high/unit, s.step/unit
	return s
}

// counts says whether the values are whole things.
func (c Chart) counts() bool { return !c.Percent && c.Decimals == 0 }

// span is from where to where the values lie, widened to ends that people expect.
func (c Chart) span(unit float64, bars bool) (low, high float64) {
	low, high = c.least()*unit, c.most()*unit
	flat := low < high && low > high/2
	rate := c.Percent && low >= 0 && high <= 100+1e-9
	if low >= 0 && (bars || !flat) {
		low = 0
	}
	switch {
	case rate && low == 0 && (high > 50 || high == 0):
		high = 100
	case c.counts() && low == 0 && high <= 5:
		high = 5 // no half things
	case high <= 0 && low == high:
		high = low + 1
	}
	if bars && c.most() > 0 {
		high = max(high, c.most()*unit/(1-headroom))
	}
	return low, high
}

// stepFor is the least of 1, 2, 2.5, 5, 10 … that is no less than a width, and no less than a least step, of which it is
// then a multiple.
func stepFor(width, least float64) float64 {
	if !(width > least) {
		return max(least, 1e-9)
	}
	ten := math.Pow(10, math.Floor(math.Log10(width)+1e-9))
	for _, n := range []float64{1, 2, 2.5, 5} {
		step := n * ten
		if step >= width*(1-1e-9) && (least == 0 || math.Abs(step/least-math.Round(step/least)) < 1e-9) {
			return step
		}
	}
	return 10 * ten
}

// tick writes a value beside the axis. What lies above 100 % is room for values over bars, no rate.
func (c Chart) tick(s scale, v float64) string {
	if c.Percent {
		if c.most() <= 1 && v > 1+1e-9 {
			return ""
		}
		return rounded.Percent(v, s.decimals)
	}
	c.Decimals = s.decimals
	if math.Abs(v) < s.step/1000 {
		v = 0
	}
	return c.format(v)
}
