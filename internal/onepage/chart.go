package onepage

import (
	"cmp"
	"fmt"
	"html"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/go-analyze/charts"

	"taizhang/internal/rounded"
)

// A chart is drawn at the width it has on a phone and in half a sheet of A4, so
// that its letters come out as large as declared.
const (
	chartWidth  = 352
	chartHeight = 200
	letter      = 11.0 // pixels
)

// Five colours that stay apart in grey and for colour-blind readers.
var seriesColours = []string{"#1f4e79", "#e08a1e", "#8fbce6", "#5a5a5a", "#b7d7a8"}

// funnelColour is light enough for dark letters, also where a band is narrower
// than its text.
const (
	funnelColour = "#a9c9e8"
	inkColour    = "#1a1a1a"
	greyColour   = "#4d4d4d"
	lineColour   = "#d9d9d9"
)

var symbols = []charts.SymbolShape{charts.SymbolDot, charts.SymbolDiamond, charts.SymbolSquare, charts.SymbolCircle}

// fontFamily is what the text of charts and page asks for, in this order.
const fontFamily = "-apple-system,'PingFang SC','HarmonyOS Sans SC','MiSans','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC','WenQuanYi Micro Hei',sans-serif"

// svg draws the chart; "" where it has nothing to show.
func (c Chart) svg() (template.HTML, error) {
	if !c.hasValues() {
		return "", nil
	}
	if c.Kind == Funnel && !c.narrows() {
		c.Kind, c.Series = Lying, c.Series[:1]
	}
	text, err := face()
	if err != nil {
		return "", err
	}
	text.FontSize, text.FontColor = letter*72/96, charts.ParseColor(greyColour)
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: chartWidth, Height: c.height(), Font: text.Font})
	switch c.Kind {
	case Bar, Lying:
		err = p.BarChart(c.bars(text))
	case Line:
		err = p.LineChart(c.lines(text))
	case Funnel:
		err = p.FunnelChart(c.funnel(text))
	default:
		err = fmt.Errorf("unknown kind %q; known: %s, %s, %s, %s", c.Kind, Bar, Lying, Line, Funnel)
	}
	if err != nil {
		return "", fmt.Errorf("chart %q: %w", c.Title, err)
	}
	out, err := p.Bytes()
	if err != nil {
		return "", fmt.Errorf("chart %q: %w", c.Title, err)
	}
	s := string(out)
	// Within HTML the name spaces are known; without them the file names no address.
	_, rest, _ := strings.Cut(s, "viewBox")
	s = fmt.Sprintf(`<svg role="img" aria-label="%s" viewBox%s`, html.EscapeString(c.told()), rest)
	s = strings.ReplaceAll(s, "font-family:sans-serif", "font-family:inherit")
	return template.HTML(s), nil
}

func (c Chart) hasValues() bool {
	for _, s := range c.shown() {
		for i, v := range s.Values {
			if i < len(c.Labels) && finite(v) {
				return true
			}
		}
	}
	return false
}

// narrows says whether each stage of a funnel is as many as the one before, or fewer: of 4,293 posts and 10,892 people who
// ask for one a funnel shows a share that there isn't.
func (c Chart) narrows() bool {
	values, _ := c.values()
	return c.least() >= 0 && c.most() > 0 && slices.IsSortedFunc(values[0], func(a, b float64) int { return cmp.Compare(b, a) })
}

// shown are the series that are drawn.
func (c Chart) shown() []Series {
	if c.Kind == Funnel && len(c.Series) > 1 {
		return c.Series[:1]
	}
	return c.Series[:min(len(c.Series), len(seriesColours))]
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// values gives each series as many values as there are labels.
func (c Chart) values() (all [][]float64, names []string) {
	for _, s := range c.shown() {
		vs := make([]float64, len(c.Labels))
		for i := range vs {
			vs[i] = charts.GetNullValue()
			if i < len(s.Values) && finite(s.Values[i]) {
				vs[i] = s.Values[i]
			}
		}
		all, names = append(all, vs), append(names, valid(s.Name))
	}
	return all, names
}

// lying bars have room for long labels.
func (c Chart) lying() bool {
	room := float64(chartWidth-50) / letter / float64(max(1, len(c.Labels)))
	for _, l := range c.Labels {
		if textWidth(l) > room-0.5 {
			return true
		}
	}
	return c.Kind == Lying
}

func (c Chart) height() int {
	if (c.Kind == Bar || c.Kind == Lying) && c.lying() {
		return max(chartHeight, 40+len(c.Labels)*(8+12*len(c.shown())))
	}
	return chartHeight
}

func (c Chart) labels(ems float64) []string {
	out := make([]string, len(c.Labels))
	for i, l := range c.Labels {
		out[i] = shorten(valid(l), ems)
	}
	return out
}

// thinned empties as many labels as it takes for the others to stand apart,
// always keeping the last.
func thinned(labels []string) []string {
	widest := 0.0
	for _, l := range labels {
		widest = max(widest, textWidth(l))
	}
	step := max(1, int(math.Ceil((widest+0.8)*float64(len(labels))*letter/(chartWidth-50))))
	for i := range labels {
		if (len(labels)-1-i)%step != 0 {
			labels[i] = ""
		}
	}
	return labels
}

func (c Chart) theme(colours ...string) charts.ColorPalette {
	var list []charts.Color
	for _, s := range colours {
		list = append(list, charts.ParseColor(s))
	}
	return charts.MakeTheme(charts.ThemeOption{
		AxisStrokeColor: charts.ParseColor("#808080"), AxisSplitLineColor: charts.ParseColor(lineColour),
		BackgroundColor: charts.ColorTransparent, TextColor: charts.ParseColor(greyColour), SeriesColors: list,
	})
}

func (c Chart) legend(text charts.FontStyle, names []string) charts.LegendOption {
	text.FontColor = charts.ParseColor(inkColour)
	return charts.LegendOption{Show: charts.Ptr(len(names) > 1), SeriesNames: names, FontStyle: text,
		Padding: charts.Box{Top: 0, Bottom: 4, IsSet: true}}
}

var padding = charts.Box{Top: 6, Right: 14, Bottom: 2, Left: 2, IsSet: true}

func (c Chart) bars(text charts.FontStyle) charts.BarChartOption {
	values, names := c.values()
	value := text
	value.FontColor = charts.ParseColor(inkColour)
	list := charts.NewSeriesListBar(values, charts.BarSeriesOption{Names: names,
		Label: charts.SeriesLabel{Show: charts.Ptr(true), FontStyle: value, ValueFormatter: c.format}})
	opt := charts.NewBarChartOptionWithSeries(list)
	opt.Theme, opt.Padding, opt.ValueFormatter = c.theme(seriesColours...), padding, c.format
	opt.Legend = c.legend(text, names)
	opt.Horizontal = c.lying()
	opt.CategoryAxis = charts.CategoryAxisOption{Labels: c.labels(9), LabelFontStyle: text, LabelCount: len(c.Labels)}
	axis := c.valueAxis(text, true)
	if opt.Horizontal {
		// The bars carry their values; leave room for those at the end of the longest.
		const bars = 250
		value := textWidth(c.format(c.most()))*letter + 8
		axis.Max = charts.Ptr(max(c.most(), 1e-9) * bars / (bars - min(value, bars/2)))
		axis.PreferNiceIntervals = charts.Ptr(false)
		axis.Show = charts.Ptr(false)
		axis.SplitLineShow = charts.Ptr(false)
		reverse(opt.CategoryAxis.Labels)
		for _, s := range opt.SeriesList {
			reverse(s.Values)
		}
	}
	opt.ValueAxis = []charts.ValueAxisOption{axis}
	return opt
}

func (c Chart) lines(text charts.FontStyle) charts.LineChartOption {
	values, names := c.values()
	opt := charts.NewLineChartOptionWithSeries(charts.NewSeriesListLine(values, charts.LineSeriesOption{Names: names}))
	for i := range opt.SeriesList {
		opt.SeriesList[i].Symbol = charts.Symbol{Shape: symbols[i%len(symbols)], Size: 3}
	}
	opt.Theme, opt.Padding, opt.ValueFormatter, opt.LineStrokeWidth = c.theme(seriesColours...), padding, c.format, 2
	opt.Legend = c.legend(text, names)
	opt.XAxis.Labels, opt.XAxis.LabelFontStyle, opt.XAxis.LabelCount = thinned(c.labels(8)), text, len(c.Labels)
	opt.YAxis = []charts.YAxisOption{c.valueAxis(text, false)}
	return opt
}

func (c Chart) funnel(text charts.FontStyle) charts.FunnelChartOption {
	values, _ := c.values()
	text.FontSize, text.FontColor = 12.5*72/96, charts.ParseColor(inkColour)
	labels := c.labels(12)
	var colours []string
	for range c.Labels {
		colours = append(colours, funnelColour)
	}
	opt := charts.NewFunnelChartOptionWithData(values[0])
	for i := range opt.SeriesList {
		opt.SeriesList[i].Name = labels[i]
		opt.SeriesList[i].Label = charts.SeriesLabel{Show: charts.Ptr(true), FontStyle: text,
			LabelFormatter: func(i int, name string, v float64) (string, *charts.LabelStyle) { return name + " " + c.format(v), nil }}
	}
	opt.Theme, opt.Padding = c.theme(colours...), charts.Box{Top: 6, Right: 6, Bottom: 6, Left: 6, IsSet: true}
	opt.Legend.Show = charts.Ptr(false)
	return opt
}

// valueAxis is the axis of a scale, as it is: the library pads and rounds otherwise.
func (c Chart) valueAxis(text charts.FontStyle, bars bool) charts.ValueAxisOption {
	s := c.scale(bars)
	return charts.ValueAxisOption{LabelFontStyle: text, LabelCount: s.steps + 1, PreferNiceIntervals: charts.Ptr(false), RangeValuePaddingScale: charts.Ptr(0.0),
		Min: charts.Ptr(s.low), Max: charts.Ptr(s.high), ValueFormatter: func(v float64) string { return c.tick(s, v) }}
}

func (c Chart) each(f func(float64)) {
	for _, s := range c.shown() {
		for _, v := range s.Values {
			if finite(v) {
				f(v)
			}
		}
	}
}

func (c Chart) least() float64 {
	least := math.Inf(1)
	c.each(func(v float64) { least = min(least, v) })
	return least
}

func (c Chart) most() float64 {
	most := math.Inf(-1)
	c.each(func(v float64) { most = max(most, v) })
	return most
}

// format writes a value with thousands separated.
func (c Chart) format(v float64) string {
	if v == charts.GetNullValue() || !finite(v) {
		return "—"
	}
	if c.Percent {
		return rounded.Percent(v, c.Decimals)
	}
	whole, part, _ := strings.Cut(rounded.Text(math.Abs(v), c.Decimals), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if part = strings.TrimRight(part, "0"); part != "" {
		whole += "." + part
	}
	if v < 0 {
		return "-" + whole
	}
	return whole
}

// told is the chart in words, for those who cannot see it.
func (c Chart) told() string {
	var b strings.Builder
	b.WriteString(valid(c.Title))
	values, names := c.values()
	for i, vs := range values {
		b.WriteString("；" + names[i])
		for j, v := range vs {
			b.WriteString(" " + valid(c.Labels[j]) + " " + c.format(v))
		}
	}
	return b.String()
}

func reverse[T any](list []T) {
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
}
