package workbook

import (
	"fmt"
	"math"
	"strings"
)

// Rows of a card: label and light, value, detail, last and trend, change and target.
var cardRows = []float64{18, 27, 14, 14, 16}

const detailRow = 2

// Columns of a card, as parts of its width. The light takes the last one, the
// trend the last two; programs that draw a sparkline into one cell only find
// the wider one first.
var cardParts = []float64{0.5, 0.28, 0.22}

// figures lays cards out, as many beside each other as the sheet's grid has.
func (c *canvas) figures(b Figures) {
	per, parts := c.sheet.Grid, len(cardParts)
	for start := 0; start < len(b.Items); start += per {
		if start > 0 {
			c.next(5)
		}
		top := len(c.rows) + 1
		for _, h := range cardRows {
			c.next(h)
		}
		for i := 0; i < per && start+i < len(b.Items); i++ {
			from, to := i*parts+1, (i+1)*parts
			c.card(area{from, top, to, top + len(cardRows) - 1}, b.Items[start+i])
			detail := &c.rows[top-1+detailRow]
			detail.height = math.Max(detail.height, textHeight(b.Items[start+i].Detail, c.width(from, to)-2, sizeSmall))
		}
	}
}

// card writes one figure into its field.
func (c *canvas) card(a area, f Figure) {
	right := a.col2 // the light's column
	base := body()
	base.fill = paler

	label := base
	label.border, label.bold, label.color, label.indent, label.shrink = borderTop|borderLeft, true, ink, 1, true
	if f.Link != nil {
		label.color = blue
	}
	lamp := base
	lamp.border, lamp.size = borderTop|borderRight, 10
	if f.Light == "" {
		c.span(area{a.col1, a.row1, a.col2, a.row1}, f.Label, withBorder(label, borderTop|borderLeft|borderRight))
	} else {
		c.span(area{a.col1, a.row1, right - 1, a.row1}, f.Label, label)
		c.span(area{right, a.row1, a.col2, a.row1}, string(f.Light), lightStyle(lamp, f.Light))
	}
	c.link(a.col1, a.row1, f.Link)

	value := base
	value.size, value.bold, value.color, value.indent, value.border = sizeFigure, true, blue, 1, borderLeft|borderRight
	value.wrap, value.shrink = false, true
	r := a.row1 + 1
	c.number(area{a.col1, r, a.col2, r}, f.Value, value, "—")

	detail := base
	detail.size, detail.color, detail.indent, detail.border = sizeSmall, grey, 1, borderLeft|borderRight
	detail.wrap, detail.v = true, "top"
	r++
	text := f.Detail
	if text == "" && f.More != nil {
		text = f.More.Text
	}
	c.span(area{a.col1, r, a.col2, r}, blank(text), detail)
	c.link(a.col1, r, f.More)

	r++
	detail.wrap, detail.shrink, detail.v, detail.size = false, true, "center", 8.5
	last := area{a.col1, r, a.col2 - 1, r}
	if f.Trend != nil {
		last.col2 = a.col1
		c.trend(a.col1+1, r, *f.Trend)
	}
	c.number(last, f.Last, withBorder(detail, borderLeft), "")
	c.span(area{last.col2 + 1, r, a.col2, r}, nil, withBorder(detail, borderRight))

	r++
	change := withBorder(detail, borderLeft)
	change.color, change.bold = toneColour(f.Tone), true
	c.number(area{a.col1, r, a.col1, r}, f.Change, change, "")
	target := withBorder(detail, borderRight)
	target.h = "right"
	c.number(area{a.col1 + 1, r, a.col2, r}, f.Target, target, "")
}

func withBorder(st style, b border) style { st.border = b; return st }

func blank(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// number writes a number, or what stands for a missing one.
func (c *canvas) number(a area, n Number, st style, missing string) {
	if n.Missing != "" {
		missing = said(n.Before, n.Missing)
	}
	c.derive(a.col1, a.row1, n.From, missing)
	if _, ok := number(n.Value); ok {
		st.format = n.Format
		if n.Before != "" {
			st.format = `"` + strings.ReplaceAll(n.Before, `"`, "") + ` "` + n.Format
		}
		c.span(a, scaled("", n.Value), st)
		c.name1(n.Name, a.col1, a.row1)
		return
	}
	c.span(a, blank(missing), st)
	c.name1(n.Name, a.col1, a.row1)
}

func (c *canvas) trend(col, rowNo int, t Trend) {
	c.trends = append(c.trends, placedTrend{fmt.Sprintf("%s%d", columnName(col), rowNo), t})
}
