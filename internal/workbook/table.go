package workbook

import (
	"math"
	"slices"
	"strings"
	"time"
)

// table lays a table out; alone says that it is the only one with rows here.
func (c *canvas) table(t Table, alone bool) {
	anchor := len(c.rows) + 1
	last := c.paper
	if t.Title != "" {
		st := body()
		st.font, st.size = fontHei, 11.5
		n := c.next(20)
		c.span(c.whole(n, n), t.Title, st)
	}
	if t.Note != "" {
		st := body()
		st.size, st.color, st.wrap = sizeSmall, grey, true
		n := c.next(textHeight(t.Note, c.width(1, last), sizeSmall))
		c.span(c.whole(n, n), t.Note, st)
	}
	p := placedTable{id: t.ID, sheet: c.name, columns: t.Columns, anchor: anchor}
	if len(t.Rows) == 0 {
		text := t.Empty
		if text == "" {
			text = "本期无数据。"
		}
		st := body()
		st.color, st.fill, st.wrap = grey, paler, true
		n := c.next(math.Max(20, textHeight(text, c.width(1, last), sizeBody)))
		c.span(c.whole(n, n), text, st)
		c.tables[t.ID] = p
		return
	}
	p.head = c.header(t)
	kinds := make([]Column, len(t.Columns))
	for i, col := range t.Columns {
		kinds[i] = col
		if col.Format == "" {
			kinds[i].Format = kindFormat(col.Kind, decimalsOf(col.Kind, columnValues(t, i)))
		}
	}
	p.first = len(c.rows) + 1
	c.place, c.plain = places(t.Columns), &plainLooks{cols: kinds}
	again := c.repeats[len(c.placed)]
	for n, r := range t.Rows {
		if slices.Contains(again, n) {
			c.forced = append(c.forced, c.header(t))
		}
		c.tableRow(t, kinds, r, n%2 == 1, false)
	}
	p.last = len(c.rows)
	if t.Filter && c.filter == nil && len(again) == 0 {
		c.filter = &area{1, p.head, len(t.Columns), p.last}
	}
	if t.Total != nil {
		c.tableRow(t, kinds, t.Total, false, true)
		p.total = len(c.rows)
	}
	if t.Main && alone && p.head <= 8 {
		c.freeze, c.keep = p.head, t.Keep
	}
	if alone { // also where programs break pages otherwise than we think
		c.repeat = p.head
	}
	c.placed = append(c.placed, p)
	if t.ID != "" {
		c.tables[t.ID] = p
	}
}

func columnValues(t Table, i int) []any {
	out := make([]any, 0, len(t.Rows)+1)
	for _, r := range append(t.Rows[:len(t.Rows):len(t.Rows)], t.Total) {
		if i < len(r) {
			out = append(out, r[i])
		}
	}
	return out
}

func (c *canvas) header(t Table) int {
	st := body()
	st.bold, st.fill, st.color, st.h, st.wrap, st.border = true, paleBlue, blue, "center", true, borderGrid
	st.size = t.size()
	height, below := 22.0, 2.0
	if t.Dense { // the filter's buttons stand under the titles
		st.v, below = "top", 15
	}
	place, titles := places(t.Columns), make([]string, len(t.Columns))
	for i, col := range t.Columns {
		w := c.width(place[i], place[i+1]-1)
		if t.Filter && !t.Dense {
			w -= 2.5
		}
		if titles[i] = col.Title; !t.Names {
			titles[i] = broken(col.Title, w, st.size)
		}
		height = math.Max(height, textHeight(titles[i], w, st.size)+below)
	}
	n := c.next(height)
	for i, title := range titles {
		c.span(area{place[i], n, place[i+1] - 1, n}, title, st)
	}
	return n
}

// broken puts the unit of a title that doesn't fit its column on a line of its
// own, rather than have it cut before the closing bracket.
func broken(title string, width, size float64) string {
	i := strings.LastIndex(title, "（")
	if i <= 0 || measure(title, size) <= width-1 {
		return title
	}
	return title[:i] + "\n" + title[i:]
}

// places are the columns at which a table's columns begin, and where it ends.
func places(cols []Column) []int {
	out := make([]int, 0, len(cols)+1)
	at := 1
	for _, c := range cols {
		out = append(out, at)
		at += max(c.Span, 1)
	}
	return append(out, at)
}

// tableRow writes one row; a total stands out in weight and ground.
func (c *canvas) tableRow(t Table, cols []Column, values []any, striped, total bool) {
	size := t.size()
	height := 18.0
	if t.Dense {
		height = 15
	}
	n := c.next(height)
	if t.Dense && !total && c.listRow(t, n, values, striped) {
		return
	}
	c.rows[n-1].cells = make([]cell, 0, c.place[len(c.place)-1]-1)
	place := c.place
	for i, col := range cols {
		from, to := place[i], place[i+1]-1
		var v any
		if i < len(values) {
			v = values[i]
		}
		if from == to && !total && c.plainCell(t, i, n, v, striped) {
			if s, ok := v.(string); ok {
				height = math.Max(height, textHeight(s, c.width(from, to), size))
			}
			continue
		}
		x := columnCell(v, col)
		value, st, tall := c.shownCell(x, from, to, size, striped, total)
		height = math.Max(height, tall)
		c.span(area{from, n, to, n}, value, st)
		c.link(from, n, x.Link)
		c.name1(x.Name, from, n)
		missing := textOf(x)
		if _, ok := number(x.Value); ok { // its own number is none where its rows are gone
			missing = "—"
		}
		c.derive(from, n, x.From, missing)
	}
	c.rows[n-1].height = height
}

// columnCell is a value as a cell of its column: what it doesn't say itself, the column does.
func columnCell(v any, col Column) Cell {
	x := asCell(v)
	if l, ok := x.Value.(Light); ok {
		x.Light = l
	}
	if x.Kind == "" {
		x.Kind = col.Kind
	} else if x.Format == "" && x.Kind != col.Kind {
		x.Format = kindFormat(x.Kind, decimalsOf(x.Kind, []any{x.Value}))
	}
	if x.Format == "" {
		x.Format = col.Format
	}
	return x
}

// shownCell is what stands in a cell, how it looks, and how high its text is.
func (c *canvas) shownCell(x Cell, from, to int, size float64, striped, total bool) (value any, st style, height float64) {
	st = cellStyle(x, total)
	st.size = size
	if striped && st.fill == "" {
		st.fill = paler
	}
	value = scaled(x.Kind, x.Value)
	switch v := value.(type) {
	case string:
		height = textHeight(v, c.width(from, to), st.size)
		st.format = ""
	case nil:
		if x.Light != "" {
			value = string(x.Light)
		}
	}
	return value, st, height
}

// cellStyle is how a table's cell looks.
func cellStyle(x Cell, total bool) style {
	st := body()
	st.border, st.wrap, st.format = borderGrid, true, x.Format
	switch x.Kind {
	case Mark, LightK, Date, Time:
		st.h = "center"
	case Int, Num, Wan, Percent, Points:
		st.h, st.wrap, st.format = "right", false, padded(st.format)
	}
	if _, ok := x.Value.(string); ok && st.h == "right" {
		st.h, st.wrap = "center", true
	}
	if x.Light != "" {
		st = lightStyle(st, x.Light)
	}
	if x.Tone != Neutral {
		st.color = toneColour(x.Tone)
	}
	if x.Link != nil {
		st.link, st.color = true, blue
	}
	st.bold = st.bold || total || x.Bold
	if total && st.fill == "" {
		st.fill = paleBlue
	}
	return st
}

// plainCell writes a value that nothing sets apart, in the look that its column
// had before: most cells of a table.
func (c *canvas) plainCell(t Table, i, rowNo int, v any, striped bool) bool {
	kind, ok := plainKind(c.plain.cols[i], v, striped)
	if !ok {
		return false
	}
	c.set(c.place[i], rowNo, scaled(c.plain.cols[i].Kind, v), c.plainLook(t, i, kind, v))
	return true
}

// listRow keeps a row of a long list as it is where all its values are plain:
// its cells are made while it is written, and a hundred thousand rows need not
// be in memory twice.
func (c *canvas) listRow(t Table, n int, values []any, striped bool) bool {
	cols := c.plain.cols
	if len(values) > len(cols) || c.place[len(cols)] != len(cols)+1 {
		return false
	}
	for i, v := range values {
		if _, ok := plainKind(cols[i], v, striped); !ok {
			return false
		}
	}
	r := &c.rows[n-1]
	for i, col := range cols {
		var v any
		if i < len(values) {
			v = values[i]
		}
		kind, _ := plainKind(col, v, striped)
		c.plainLook(t, i, kind, v)
		if s, ok := v.(string); ok {
			r.height = math.Max(r.height, textHeight(s, c.width(i+1, i+1), t.size()))
		}
	}
	r.values, r.list, r.stripe = values, c.plain, striped
	c.lastCol = max(c.lastCol, len(cols))
	return true
}

// at is a cell of a plain row.
func (r *row) at(i int) cell {
	var v any
	if i < len(r.values) {
		v = r.values[i]
	}
	col := r.list.cols[i]
	kind, _ := plainKind(col, v, r.stripe)
	return cell{scaled(col.Kind, v), r.list.known[i*6+kind]}
}

// plainKind is a value's kind among those of its column's looks; false for one
// that something sets apart.
func plainKind(col Column, v any, striped bool) (kind int, ok bool) {
	switch x := v.(type) {
	case nil:
	case string:
		if x == "" || formulaLike(x) || cellText(x) != x {
			return 0, false
		}
		kind = 1
	case int64:
		kind = 2
	case float64:
		if _, ok := number(x); !ok {
			return 0, false
		}
		kind = 2
	case time.Time:
		if x.IsZero() {
			return 0, false
		}
		kind = 2
	default:
		return 0, false
	}
	if striped {
		kind += 3
	}
	return kind, col.Kind != LightK
}

// plainLook is the look of a kind of values of a column.
func (c *canvas) plainLook(t Table, i, kind int, v any) int {
	known, at := &c.plain.known, i*6+kind
	for len(*known) <= at {
		*known = append(*known, 0)
	}
	if (*known)[at] == 0 {
		col := c.plain.cols[i]
		st := cellStyle(Cell{Value: v, Kind: col.Kind, Format: col.Format}, false)
		st.size = t.size()
		if kind >= 3 {
			st.fill = paler
		}
		if kind%3 == 1 {
			st.format = ""
		}
		(*known)[at] = c.styled(st)
	}
	return (*known)[at]
}
