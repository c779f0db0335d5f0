package weekly

import (
	"fmt"
	"math"
	"strings"

	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/rounded"
	"taizhang/internal/workbook"
)

// scale is how a metric's values are read: multiplied, with how many
// decimals, followed by which unit.
type scale struct {
	factor   float64
	decimals int
	unit     string
	ratio    bool
}

// scaleOf chooses the scale of a metric for values of about this size, so that
// a figure, last week's and its target are read alike.
func scaleOf(unit metric.Unit, word string, values ...*float64) scale {
	size := 0.0
	for _, v := range values {
		if v != nil {
			size = math.Max(size, math.Abs(*v))
		}
	}
	s := scale{factor: 1, unit: word}
	switch unit {
	case metric.Ratio:
		return scale{factor: 100, decimals: 1, unit: "%", ratio: true}
	case metric.Yuan:
		switch {
		case size >= 1e8:
			s = scale{factor: 1e-8, unit: "亿元"}
		case size >= 1e4 || size == 0:
			s = scale{factor: 1e-4, unit: "万元"}
		default:
			s = scale{factor: 1, unit: "元"}
		}
	case metric.Days:
		s.unit = "天"
	}
	for _, v := range values {
		if v == nil {
			continue
		}
		x := *v * s.factor
		for s.decimals < 2 && math.Abs(x*math.Pow10(s.decimals)-math.Round(x*math.Pow10(s.decimals))) > 1e-6 {
			s.decimals++
		}
	}
	return s
}

// tellingScale is a scale at which two values that differ read differently: a
// smaller unit, or more decimals.
func tellingScale(unit metric.Unit, a, b *float64) scale {
	s := scaleOf(unit, "", a, b)
	if a == nil || b == nil || *a == *b {
		return s
	}
	same := func() bool { return s.text(*a) == s.text(*b) }
	if unit == metric.Yuan && same() && s.unit == "亿元" {
		s = scale{factor: 1e-4, unit: "万元", decimals: 2}
	}
	if unit == metric.Yuan && same() && s.unit == "万元" {
		s = scale{factor: 1, unit: "元", decimals: 2}
	}
	for s.decimals < 6 && same() {
		s.decimals++
	}
	return s
}

// text writes a value as prose does: 82.9%, 2460万元, 5.8亿元, 216.
func (s scale) text(v float64) string {
	n := rounded.Text(v*s.factor, s.decimals)
	if s.unit == "%" || strings.HasSuffix(s.unit, "元") || s.unit == "天" {
		return n + s.unit
	}
	return n
}

// format is the number format of a figure; its unit is a literal word after it.
func (s scale) format() string {
	f := "#,##0"
	if s.decimals > 0 {
		f += "." + strings.Repeat("0", s.decimals)
	}
	if s.ratio {
		f = "0." + strings.Repeat("0", max(s.decimals, 1)) + "%"
	} else if s.unit != "" {
		f += quoteFormat(s.unit)
	}
	return f
}

// stored is the number that a cell of that format holds.
func (s scale) stored(v *float64) any {
	if v == nil {
		return nil
	}
	if s.ratio {
		return *v
	}
	return rounded.Half(*v*s.factor, 6)
}

func quoteFormat(s string) string {
	if s == "" {
		return ""
	}
	return `"` + strings.ReplaceAll(s, `"`, ``) + `"`
}

// change is a difference with its arrow; ratios differ in 百分点.
func (s scale) change(now, last *float64) workbook.Number {
	if now == nil || last == nil {
		return workbook.Number{Missing: "—"}
	}
	d := (*now - *last) * s.factor
	unit := s.unit
	if s.ratio {
		unit = "百分点"
		d = rounded.Half(*now*100, s.decimals) - rounded.Half(*last*100, s.decimals)
	}
	f := "#,##0"
	if s.decimals > 0 {
		f += "." + strings.Repeat("0", s.decimals)
	}
	f += quoteFormat(unit)
	return workbook.Number{Value: rounded.Half(d, 6), Format: `"▲"` + f + `;"▼"` + f + `;"持平"`}
}

// toneOf says whether a change, as shown, is for the better.
func toneOf(better string, change workbook.Number) workbook.Tone {
	d, ok := change.Value.(float64)
	if !ok || d == 0 || better == "" {
		return workbook.Neutral
	}
	if (d > 0) == (better == "higher") {
		return workbook.Better
	}
	return workbook.Worse
}

// coverageOf is what stands beside a figure when returns or rows are missing.
func coverageOf(f figure) string {
	var parts []string
	switch n := f.Coverage.Expected - f.Coverage.Received; {
	case n > 0:
		parts = append(parts, fmt.Sprintf("缺报%d份", n))
	case f.Coverage.Expected == 0 && (f.Value == nil || *f.Value == 0): // a nought of which nothing is known yet, in January
		parts = append(parts, "尚无到期报表")
	}
	if f.Coverage.RowsRefused > 0 {
		parts = append(parts, fmt.Sprintf("%d行未计入", f.Coverage.RowsRefused))
	}
	if f.Coverage.ValuesEmptied > 0 {
		parts = append(parts, fmt.Sprintf("%d处置空", f.Coverage.ValuesEmptied))
	}
	return strings.Join(parts, "，")
}

// detailOf is numerator and denominator, and the coverage.
func detailOf(f figure, unit metric.Unit) string {
	var parts []string
	if s := fraction(f, unit); s != "" {
		parts = append(parts, s)
	}
	if c := coverageOf(f); c != "" {
		parts = append(parts, c)
	}
	return strings.Join(parts, " · ")
}

// fraction is n/d of a ratio; ratios of money are read in 万元.
func fraction(f figure, unit metric.Unit) string {
	if unit != metric.Ratio || f.Num == nil || f.Den == nil {
		return ""
	}
	n, d := *f.Num, *f.Den
	if math.Abs(d) >= 1e6 || n != math.Trunc(n) {
		return rounded.Text(n/1e4, 1) + "/" + rounded.Text(d/1e4, 1) + "万元"
	}
	return rounded.Text(n, 0) + "/" + rounded.Text(d, 0)
}

func chineseDate(d calendar.Date) string {
	return fmt.Sprintf("%d年%d月%d日", d.Year(), d.Month(), d.Day())
}
