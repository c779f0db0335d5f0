package onepage

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var ticks = regexp.MustCompile(`<text [^>]*>([^<]*)</text>`)

// TestAxis: rates up to 100 % end there, ticks are round, of whole numbers whole, and no value lies outside.
func TestAxis(t *testing.T) {
	for _, c := range []struct {
		name   string
		chart  Chart
		values []float64
		want   string
	}{
		{"rates of 100 %", Chart{Kind: Line, Percent: true, Decimals: 1}, []float64{1, 1, 1}, "100% 80% 60% 40% 20% 0%"},
		{"a rate that reaches 100 %", Chart{Kind: Line, Percent: true, Decimals: 1}, []float64{0.7, 1, 0.9}, "100% 90% 80% 70%"},
		{"rates close together", Chart{Kind: Line, Percent: true, Decimals: 1}, []float64{0.967, 0.98, 0.975}, "98.0% 97.5% 97.0% 96.5%"},
		{"low rates", Chart{Kind: Line, Percent: true, Decimals: 1}, []float64{0.02, 0.31}, "40% 30% 20% 10% 0%"},
		{"rates past 100 %", Chart{Kind: Line, Percent: true, Decimals: 1}, []float64{0.2, 1.3}, "150% 100% 50% 0%"},
		{"no rate yet", Chart{Kind: Line, Percent: true, Decimals: 1}, []float64{0, 0}, "100% 80% 60% 40% 20% 0%"},
		{"small counts", Chart{Kind: Line}, []float64{0, 2, 1}, "5 4 3 2 1 0"},
		{"counts close together", Chart{Kind: Line}, []float64{11, 12, 13}, "13 12 11"},
		{"one count all the time", Chart{Kind: Line}, []float64{62, 62}, "80 60 40 20 0"},
		{"large counts", Chart{Kind: Line}, []float64{900, 12345}, "12,500 10,000 7,500 5,000 2,500 0"},
		{"days", Chart{Kind: Line, Decimals: 1}, []float64{3, 19.95}, "20 15 10 5 0"},
		{"parts", Chart{Kind: Line, Decimals: 1}, []float64{0.1, 1.1}, "1.25 1 0.75 0.5 0.25 0"},
		{"below nought", Chart{Kind: Line}, []float64{-3, 4}, "4 2 0 -2 -4"},
		{"nothing", Chart{Kind: Line, Decimals: 1}, []float64{0, 0}, "1 0.8 0.6 0.4 0.2 0"},
		{"bars of rates", Chart{Kind: Bar, Percent: true, Decimals: 1}, []float64{1, 0.5}, "100% 75% 50% 25% 0%"},
		{"bars", Chart{Kind: Bar}, []float64{610, 100}, "800 600 400 200 0"},
	} {
		c.chart.Labels, c.chart.Series = []string{"甲", "乙", "丙"}[:len(c.values)], []Series{{"数", c.values}}
		svg, err := c.chart.svg()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range ticks.FindAllStringSubmatch(string(svg), -1) {
			if !slices.Contains(c.chart.Labels, m[1]) {
				got = append(got, m[1])
			}
		}
		if text := strings.Join(got, " "); text != c.want && !strings.HasPrefix(text, c.want+" ") { // then the values over bars
			t.Errorf("%s: the axis says %q, not %q", c.name, text, c.want)
		}
	}
	for _, v := range []float64{1e-9, 0.003, 7, 99.5, 1e6, 3.7e17} {
		for _, c := range []Chart{{}, {Decimals: 1}, {Percent: true, Decimals: 1}} {
			c.Labels, c.Series = []string{"甲", "乙"}, []Series{{"数", []float64{v, v * 0.8}}}
			if s := c.scale(false); s.low > v*0.8 || s.high < v*(1-1e-9) || s.steps < 1 || s.steps > mostSteps+1 || math.IsNaN(s.step) {
				t.Errorf("%v: the axis is %+v", v, s)
			}
		}
	}
}
