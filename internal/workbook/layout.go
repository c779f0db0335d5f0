package workbook

import (
	"fmt"
	"math"
)

// What a page is wide, in characters of the default font, before Excel shrinks it.
const (
	portraitWidth  = 88.0
	landscapeWidth = 132.0
	minWidth       = 5.0
	maxWidth       = 46.0
	chartRow       = 15.0 // points; rows under charts keep the default height
)

// lay lays one sheet out; the rows of fixed tables stay together. Where a
// header must be written again on a further page, the sheet is laid out anew.
func lay(name string, s Sheet, fixed map[string]bool) (*canvas, error) {
	if err := checkGrid(&s); err != nil {
		return nil, err
	}
	widths, repeats := sheetWidths(s), map[int][]int{}
	for {
		c := layOnce(name, s, widths, repeats)
		place, rows := c.titles(c.paginate(), fixed)
		if place < 0 {
			return c, nil
		}
		repeats[place] = rows
	}
}

func layOnce(name string, s Sheet, widths []float64, repeats map[int][]int) *canvas {
	c := &canvas{name: name, sheet: s, widths: widths, paper: printed(s, len(widths)), repeats: repeats, tables: map[string]placedTable{}, look: map[style]int{}}
	tables := 0
	for _, b := range s.Blocks {
		if t, ok := b.(Table); ok && len(t.Rows) > 0 {
			tables++
		}
	}
	for i, b := range s.Blocks {
		if i > 0 {
			c.gap(b, s.Blocks[i-1])
		}
		if _, ok := s.Blocks[max(i-1, 0)].(Heading); !ok { // a heading stays with what follows
			c.starts = append(c.starts, len(c.rows)+1)
		}
		switch b := b.(type) {
		case Title:
			c.title(b)
		case Heading:
			c.heading(b)
		case Note:
			c.note(b)
		case Box:
			c.box(b)
		case Figures:
			c.figures(b)
		case Table:
			c.table(b, tables == 1)
		case Charts:
			c.chartRow(b)
		}
	}
	if len(c.rows) == 0 {
		c.put(1, c.next(18), "本期无数据。", body())
	}
	return c
}

// checkGrid keeps cards and tables apart: they want different columns.
func checkGrid(s *Sheet) error {
	cards, tables := s.Grid > 0, false
	for _, b := range s.Blocks {
		switch b.(type) {
		case Figures:
			cards = true
		case Table:
			tables = true
		}
	}
	if cards && tables {
		return fmt.Errorf("sheet %q: cards and tables don't go on one sheet", s.Name)
	}
	if cards && s.Grid <= 0 {
		s.Grid = 4
	}
	return nil
}

// gap leaves air between blocks; a heading or title keeps what follows close.
func (c *canvas) gap(b, before Block) {
	switch before.(type) {
	case Title:
		if _, ok := b.(Title); !ok {
			c.next(6)
		}
		return
	case Heading:
		return
	case Note:
		if _, ok := b.(Note); ok {
			return
		}
	}
	if _, ok := b.(Heading); ok {
		c.next(10)
		return
	}
	c.next(8)
}

// pageWidth is the width a sheet's columns fill together.
func pageWidth(o Orientation) float64 {
	if o == Landscape {
		return landscapeWidth
	}
	return portraitWidth
}

// sheetWidths finds the columns' widths: the widest wish of any table, then
// stretched so that every sheet of one orientation is equally wide.
func sheetWidths(s Sheet) []float64 {
	page := pageWidth(s.Orientation)
	if s.Grid > 0 {
		var w []float64
		for range s.Grid {
			for _, part := range cardParts {
				w = append(w, round2(part*page/float64(s.Grid)))
			}
		}
		return w
	}
	var w, floor []float64
	squeeze := 0.75
	for _, b := range s.Blocks {
		t, ok := b.(Table)
		if !ok {
			continue
		}
		if t.Dense {
			squeeze = 1
		}
		for i, at := range places(t.Columns) {
			for len(w) < at-1 {
				w, floor = append(w, minWidth), append(floor, minWidth)
			}
			if i == len(t.Columns) || t.Columns[i].Span > 1 {
				continue
			}
			wish, least := columnWidth(t, i, t.Columns[i])
			if at == len(w)+1 {
				w, floor = append(w, wish), append(floor, least)
			}
			w[at-1], floor[at-1] = math.Max(w[at-1], wish), math.Max(floor[at-1], least)
		}
	}
	if len(w) == 0 {
		w, floor = make([]float64, 8), make([]float64, 8)
		for i := range w {
			w[i] = page / 8
		}
	}
	total := 0.0
	for _, x := range w[:printed(s, len(w))] {
		total += x
	}
	for i := range w {
		w[i] = round2(math.Max(w[i]*math.Max(page/total, squeeze), floor[i]))
	}
	return w
}

// printed is how many of a sheet's columns are printed.
func printed(s Sheet, columns int) int {
	most := 0
	for _, b := range s.Blocks {
		if t, ok := b.(Table); ok {
			for i, at := range places(t.Columns) {
				if i == len(t.Columns) || t.Columns[i].Screen {
					most = max(most, at-1)
					break
				}
			}
		}
	}
	if most == 0 || most > columns {
		return columns
	}
	return most
}

// columnWidth is what a column would like, and what it must have so that its
// numbers don't turn into ###.
func columnWidth(t Table, i int, col Column) (wish, least float64) {
	size := t.size()
	head := measure(col.Title, size) + 2
	if t.Filter && !t.Dense {
		head += 2.5
	}
	least = minWidth
	widest, most := 0.0, 0.0
	for n, r := range t.Rows {
		if i >= len(r) {
			continue
		}
		x := asCell(r[i])
		if x.Kind == "" {
			x.Kind = col.Kind
		}
		switch x.Kind {
		case Text, Mark, LightK, "":
			if n < 400 {
				widest = math.Max(widest, measure(textOf(x), size)+2)
			}
		default:
			if n >= 400 { // of the others only those that may be wider
				f, ok := number(x.Value)
				if !ok || math.Abs(f) <= most {
					continue
				}
			}
			if f, ok := number(x.Value); ok {
				most = math.Max(most, math.Abs(f)*1.05)
			}
			if x.Format == "" {
				x.Format = col.Format
			}
			w := measure(display(x), size)*1.08 + 3
			widest, least = math.Max(widest, w), math.Max(least, w)
		}
	}
	if i < len(t.Total) {
		x := asCell(t.Total[i])
		if x.Kind == "" {
			x.Kind = col.Kind
		}
		w := measure(display(x), sizeBody)*1.15 + 3 // bold
		if _, ok := x.Value.(string); ok {
			w = measure(textOf(x), sizeBody) + 2
		}
		least = math.Max(least, w)
	}
	if col.Width > 0 {
		return math.Max(col.Width, least), least
	}
	wish = math.Max(widest, math.Min(head, 14))
	return math.Max(math.Min(wish, maxWidth), least), least
}

func round2(x float64) float64 { return math.Round(x*100) / 100 }

func (c *canvas) whole(row1, row2 int) area { return area{1, row1, c.paper, row2} }

func (c *canvas) title(b Title) {
	all := c.width(1, c.paper)
	size := sizeTitle
	for size > 12 && measure(b.Text, size) > all*0.95 {
		size--
	}
	st := body()
	st.font, st.size, st.bold, st.h, st.color, st.wrap = fontSong, size, true, "center", blue, true
	long := c.dense()
	if long { // such a sheet is wider than a screen
		st.h = "left"
	}
	n := c.next(math.Max(32, textHeight(b.Text, all, size)+4))
	c.span(c.whole(n, n), b.Text, st)
	if b.Logo != nil {
		c.logos = map[int]*Picture{n: b.Logo}
	}
	if b.Sub == "" && b.Link == nil {
		return
	}
	st = body()
	st.size, st.color, st.h, st.wrap, st.border = sizeSmall, grey, "center", true, borderBottom
	last := c.paper
	n = c.next(textHeight(b.Sub, all, sizeSmall) + 4)
	c.freeze = n
	if b.Link == nil || last < 3 {
		c.span(c.whole(n, n), b.Sub, st)
		return
	}
	if long {
		to := 1
		for to < last-1 && c.width(1, to) < measure(b.Link.Text, sizeSmall)+3 {
			to++
		}
		st.h = "left"
		c.span(area{to + 1, n, last, n}, b.Sub, st)
		st.link, st.color = true, blue
		c.span(area{1, n, to, n}, b.Link.Text, st)
		c.link(1, n, b.Link)
		return
	}
	from := last
	for from > 2 && c.width(from, last) < measure(b.Link.Text, sizeSmall)+3 {
		from--
	}
	st.h = "left"
	c.rows[n-1].height = textHeight(b.Sub, c.width(1, from-1), sizeSmall) + 4
	c.span(area{1, n, from - 1, n}, b.Sub, st)
	st.h, st.link, st.color = "right", true, blue
	c.span(area{from, n, last, n}, b.Link.Text, st)
	c.link(from, n, b.Link)
}

// dense says whether the sheet is there for a long list.
func (c *canvas) dense() bool {
	for _, b := range c.sheet.Blocks {
		if t, ok := b.(Table); ok && t.Dense {
			return true
		}
	}
	return false
}

func (c *canvas) heading(b Heading) {
	st := body()
	st.font, st.size, st.color = fontHei, sizeHeading, blue
	n := c.next(23)
	c.span(c.whole(n, n), b.Text, st)
}

func (c *canvas) note(b Note) {
	st := body()
	st.wrap, st.v, st.font = true, "top", fontSong
	text := b.Text
	all := c.width(1, c.paper)
	switch {
	case b.Small:
		st.size, st.color, st.font = sizeSmall, grey, fontDeng
	case b.Strong:
		st.bold, st.font, st.fill, st.v = true, fontDeng, paleBlue, "center"
	case b.Indent:
		st.size = 12
		text = "　　" + text
	}
	if b.Light != "" {
		text, st.bold = "【"+string(b.Light)+"】"+text, true
	}
	if b.Link != nil {
		st.color = blue
	}
	h := textHeight(text, all, st.size)
	if nearlyFits(text, all, st.size) {
		st.wrap, st.shrink, h = false, true, textHeight("", all, st.size)
	}
	if b.Strong {
		h += 4
	}
	n := c.next(h)
	c.span(c.whole(n, n), text, st)
	c.link(1, n, b.Link)
}

func (c *canvas) box(b Box) {
	height := math.Max(b.Height, 40)
	last := c.paper
	label := body()
	label.font, label.border, label.fill, label.h, label.wrap = fontHei, borderBoxTop|borderBoxSide|borderBoxEnd, paler, "center", true
	field := body()
	field.border = label.border
	to := 1
	for to < last-1 && c.width(1, to) < 12 {
		to++
	}
	n := c.next(height)
	c.span(area{1, n, to, n}, b.Label, label)
	c.span(area{to + 1, n, last, n}, nil, field)
}
