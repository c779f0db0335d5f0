package workbook

import (
	"fmt"
	"math"

	"github.com/xuri/excelize/v2"
)

func columnName(n int) string { s, _ := excelize.ColumnNumberToName(n); return s }

// chartRow keeps rows free and remembers which charts go there.
func (c *canvas) chartRow(b Charts) {
	if len(b.Items) == 0 {
		return
	}
	height := b.Height
	if height <= 0 {
		height = 200
	}
	n := int(math.Ceil(height / chartRow))
	top := len(c.rows) + 1
	for range n {
		c.next(0)
	}
	last := c.paper
	c.put(last, len(c.rows), nil, body()) // the print area reaches here
	starts := c.split(len(b.Items))
	for i, ch := range b.Items {
		width := -1
		for col := starts[i]; col < starts[i+1]; col++ {
			width += pixels(c.widths[col-1])
		}
		if i+1 < len(b.Items) {
			width -= 8
		}
		c.charts = append(c.charts, placedChart{chart: ch, col: starts[i], to: starts[i+1] - 1, row: top, width: width, height: n})
	}
}

// split finds the columns at which n things of about equal width begin, and
// where the last one ends. Charts then keep their place whatever a program
// takes a column to be wide.
func (c *canvas) split(n int) []int {
	total := c.width(1, c.paper)
	out := []int{1}
	for i := 1; i < n; i++ {
		col := out[i-1] + 1
		for col <= c.paper && math.Abs(c.width(1, col)-total*float64(i)/float64(n)) < math.Abs(c.width(1, col-1)-total*float64(i)/float64(n)) {
			col++
		}
		out = append(out, min(col, c.paper))
	}
	return append(out, c.paper+1)
}

// dropEmpty puts a line in the place of charts that would have nothing to
// show, and takes back the room where a whole row of charts is empty.
func (c *canvas) dropEmpty(tables map[string]placedTable) {
	kept := c.charts[:0]
	empty, drawn := map[int]int{}, map[int]bool{}
	for _, p := range c.charts {
		if t, ok := tables[p.chart.Table]; !ok || t.head > 0 {
			kept, drawn[p.row] = append(kept, p), true
			continue
		}
		st := body()
		st.color, st.size, st.wrap, st.v = grey, sizeSmall, true, "top"
		c.span(area{p.col, p.row, p.to, p.row + 1}, p.chart.Title+"：本期无数据，图略。", st)
		empty[p.row] = p.height
	}
	c.charts = kept
	for top, rows := range empty {
		for r := top + 2; r < top+rows && !drawn[top]; r++ {
			c.rows[r-1].height = 0.75
		}
	}
}

// rows are the chart's first and last row on its table.
func (ch Chart) rows(t placedTable) (first, last int) {
	first, last = t.first, t.last
	if ch.LastN > 0 && last-first+1 > ch.LastN {
		first = last - ch.LastN + 1
	}
	if ch.Total && t.total > 0 {
		last = t.total
	}
	return first, last
}

// draw makes the native chart.
func (ch Chart) draw(t placedTable) (*excelize.Chart, error) {
	cat := t.column(ch.Category)
	if cat == 0 {
		return nil, fmt.Errorf("chart %q: table %q has no column %q", ch.Title, ch.Table, ch.Category)
	}
	if len(ch.Series) > len(chartColours) {
		return nil, fmt.Errorf("chart %q: %d series, at most %d can be told apart", ch.Title, len(ch.Series), len(chartColours))
	}
	first, last := ch.rows(t)
	x := &excelize.Chart{Type: chartType(ch.Kind)}
	for i, title := range ch.Series {
		col := t.column(title)
		if col == 0 {
			return nil, fmt.Errorf("chart %q: table %q has no column %q", ch.Title, ch.Table, title)
		}
		s := excelize.ChartSeries{
			Name:       at(t.sheet, area{col, t.head, col, t.head}),
			Categories: at(t.sheet, area{cat, first, cat, last}),
			Values:     at(t.sheet, area{col, first, col, last}),
			Fill:       excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{chartColours[i]}},
			DataLabel:  excelize.ChartDataLabel{Font: chartFont(8, ink)},
		}
		if ch.Kind == Lines {
			s.Line = excelize.LineOptions{Type: excelize.LineSolid, Width: 2.25 - 0.5*float64(i), Fill: s.Fill}
			s.Marker = excelize.ChartMarker{Symbol: []string{"none", "circle", "triangle", "square", "diamond", "x"}[i], Size: 4, Fill: s.Fill}
		}
		if ch.Labels {
			s.DataLabelPosition = labelPosition(ch.Kind)
		}
		x.Series = append(x.Series, s)
	}
	title := chartFont(10.5, ink)
	title.Bold = true
	x.Title = excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: cellText(ch.Title), Font: &title}}}
	x.Legend.Position = "none"
	if len(ch.Series) > 1 {
		f := chartFont(8.5, ink)
		x.Legend.Position, x.Legend.Font = "top", &f
	}
	no := false
	gap := uint(55)
	x.VaryColors, x.GapWidth = &no, &gap
	x.PlotArea.ShowVal = ch.Labels
	x.PlotArea.NumFmt = excelize.ChartNumFmt{CustomNumFmt: ch.Format}
	x.ShowBlanksAs = "gap"
	zero := 0.0
	x.XAxis = excelize.ChartAxis{Font: chartFont(8, grey), Title: axisTitle(ch.XTitle)}
	x.YAxis = excelize.ChartAxis{
		Font: chartFont(8, grey), Title: axisTitle(ch.YTitle), MajorGridLines: true,
		Minimum: &zero, NumFmt: excelize.ChartNumFmt{CustomNumFmt: ch.Format},
	}
	if n := last - first + 1; n > 14 && (ch.Kind == Lines || ch.Kind == Columns || ch.Kind == Stacked) {
		x.XAxis.TickLabelSkip = (n + 9) / 10
		x.XAxis.Alignment.TextRotation = -45 // LibreOffice leaves labels out only where they may not wrap
	}
	if ch.Kind == Funnel || ch.Kind == Bars {
		x.XAxis.ReverseOrder = true
	}
	if ch.Labels && ch.Kind != Lines { // the values stand at the bars
		x.YAxis.MajorGridLines, x.YAxis.None = false, true
	}
	x.Border = excelize.LineOptions{Type: excelize.LineSolid, Width: 0.75, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{rule}}}
	x.Format = excelize.GraphicOptions{AltText: cellText(ch.Title), Name: cellText(ch.Name)}
	return x, nil
}

func chartFont(size float64, colour string) excelize.Font {
	return excelize.Font{Family: fontDeng, Size: size, Color: colour}
}

func axisTitle(s string) excelize.ChartTitle {
	if s == "" {
		return excelize.ChartTitle{}
	}
	f := chartFont(8, grey)
	return excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: cellText(s), Font: &f}}}
}

func chartType(k ChartKind) excelize.ChartType {
	switch k {
	case Bars, Funnel:
		return excelize.Bar
	case Stacked:
		return excelize.ColStacked
	case Lines:
		return excelize.Line
	}
	return excelize.Col
}

func labelPosition(k ChartKind) excelize.ChartDataLabelPositionType {
	switch k {
	case Lines:
		return excelize.ChartDataLabelsPositionAbove
	case Stacked:
		return excelize.ChartDataLabelsPositionCenter
	}
	return excelize.ChartDataLabelsPositionOutsideEnd
}
