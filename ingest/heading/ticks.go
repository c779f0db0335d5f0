package heading

import (
	"slices"
	"strings"
	"unicode/utf8"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// tick is a column for one of a field's listed values, in which rows are marked: √ under 已办结.
type tick struct {
	Col     int
	Value   string
	circles bool // an empty circle marks a row: see circlesTick
}

// tickMarks mark a row, blankMarks leave it unmarked as an empty cell does. circleMarks may do either.
var (
	tickMarks   = map[string]bool{"√": true, "✓": true, "✔": true, "✔️": true, "☑": true, "☑️": true, "✅": true, "●": true, "■": true, "★": true, "▲": true, "◆": true, "1": true, "是": true, "v": true, "y": true, "yes": true, "t": true, "true": true, "对": true, "有": true, "勾": true, "🗸": true, "☒": true, "◉": true, "⊙": true, "∨": true, "ⅴ": true}
	blankMarks  = map[string]bool{"": true, "×": true, "✗": true, "✘": true, "x": true, "□": true, "☐": true, "0": true, "否": true, "n": true, "no": true, "false": true, "-": true, "—": true, "——": true, "--": true, "/": true, "无": true}
	circleMarks = map[string]bool{"○": true, "◯": true, "〇": true, "o": true, "⚪": true, "⭕": true}
)

// Mark reads a cell of a column of ticks: marked, left blank, or neither.
func (t *tick) Mark(row *sheet.Row) (c *sheet.Cell, marked, blank bool) {
	c = sight.CellIn(row, t.Col)
	if !sight.Present(c) {
		return c, false, true
	}
	w := markWord(c)
	if circleMarks[w] {
		return c, t.circles, !t.circles
	}
	return c, tickMarks[w], blankMarks[w]
}

func markWord(c *sheet.Cell) string {
	return strings.Trim(spelling.Squash(c.Text), "()[]【】\ufe0f")
}

// circlesTick says whether an empty circle is a tick in these columns: where rows hold one of them and nothing else. Where
// they stand beside ● or √, or in several columns of a row, they leave a cell blank.
func circlesTick(p *Page, ts []tick, last int) bool {
	alone, beside := 0, 0
	for j := last + 1; j < len(p.Rows); j++ {
		circles, others := 0, 0
		for _, t := range ts {
			c := sight.CellIn(p.Row(j), t.Col)
			if !sight.Present(c) {
				continue
			}
			if circleMarks[markWord(c)] {
				circles++
			} else {
				others++
			}
		}
		switch {
		case circles == 1 && others == 0:
			alone++
		case circles > 0:
			beside++
		}
	}
	return alone > 0 && beside*5 <= alone
}

// tickBegins says whether a cell holds a tick and something more: √11月10日, √（部分）.
func tickBegins(c *sheet.Cell) bool {
	r, n := utf8.DecodeRuneInString(strings.TrimSpace(c.Text))
	return c.Kind == sheet.Text && n > 1 && tickMarks[string(r)] && r != '是' && r != '有' && r != '对' && r != '勾'
}

// takeTicks takes columns headed by the listed values of a field, below its heading or without one, in which rows are
// ticked: such a field is read by the tick. The values may stand in the row below the head that was found.
func (v *Vocabulary) takeTicks(p *Page, h *Head) {
	for i := range h.Form.Columns {
		c := &h.Form.Columns[i]
		if c.Type != forms.List {
			continue
		}
		last := h.Row + h.Height - 1
		if ts := v.ticksIn(p, h, c, last, last); len(ts) > 0 {
			h.tickBy(c, ts)
			continue
		}
		if last+1 < len(p.Rows) && p.Rows[last+1].N == p.Rows[last].N+1 {
			if ts := v.ticksIn(p, h, c, last+1, last+1); len(ts) > 0 && len(ts) == len(p.Row(last+1).Cells) {
				h.Height++
				h.tickBy(c, ts)
			}
		}
	}
}

// ticksIn finds the columns that a row heads with the listed values of a field; nil where they hold no ticks.
func (v *Vocabulary) ticksIn(p *Page, h *Head, c *forms.Column, i, last int) []tick {
	var out []tick
	for k := range p.Row(i).Cells {
		cell := &p.Row(i).Cells[k]
		value, ok := v.Lists[c][written.Heading(cell.Text)]
		if cell.Kind != sheet.Text || !ok || slices.ContainsFunc(out, func(t tick) bool { return t.Value == value }) || len(out) > 0 && cell.Col > out[len(out)-1].Col+1 {
			continue
		}
		out = append(out, tick{Col: cell.Col, Value: value})
	}
	if len(out) < 2 {
		return nil
	}
	if at := h.Column(c.Field); at != nil && at.Col > 0 && !slices.ContainsFunc(out, func(t tick) bool { return t.Col == at.Col }) {
		return nil // a column of its own
	}
	circles := circlesTick(p, out, last)
	for k := range out {
		out[k].circles = circles
	}
	marks, other := 0, 0
	for j := last + 1; j < min(len(p.Rows), last+1+valueRows); j++ {
		for _, t := range out {
			c, marked, blank := t.Mark(p.Row(j))
			switch {
			case marked || !blank && tickBegins(c):
				marks++
			case !blank:
				other++
			}
		}
	}
	if marks == 0 || other*5 > marks {
		return nil
	}
	return out
}

// tickBy places a field on columns of ticks.
func (h *Head) tickBy(c *forms.Column, ts []tick) {
	own := func(col int) bool { return slices.ContainsFunc(ts, func(t tick) bool { return t.Col == col }) }
	title := c.Title
	if at := h.Column(c.Field); at != nil && at.Title != "" {
		title = at.Title
	}
	h.Columns = slices.DeleteFunc(slices.Clone(h.Columns), func(p Placed) bool { return p.Field == c || own(p.Col) })
	h.Columns = append(h.Columns, Placed{Field: c, Col: ts[0].Col, Title: title, Ticks: ts})
	h.doubled = slices.DeleteFunc(slices.Clone(h.doubled), func(d twin) bool { return own(d.col) || own(d.byCol) })
	h.extra = slices.DeleteFunc(slices.Clone(h.extra), func(s string) bool {
		return slices.ContainsFunc(ts, func(t tick) bool { return written.Heading(lastLevel(s)) == written.Heading(t.Value) }) || h.tickTitle(s, ts, c)
	})
}

// tickTitle says whether a heading is one of the field's spellings of a ticked value.
func (h *Head) tickTitle(s string, ts []tick, c *forms.Column) bool {
	leaf := written.Heading(lastLevel(s))
	for _, val := range c.Values {
		if slices.ContainsFunc(val.Variants, func(x string) bool { return written.Heading(x) == leaf }) && slices.ContainsFunc(ts, func(t tick) bool { return t.Value == val.Name }) {
			return true
		}
	}
	return false
}

// Ticked gives the value that a row ticks as a cell that says it; nil where none or more than one is ticked. What is
// neither a tick nor blank is given as it stands.
func (p *Placed) Ticked(row *sheet.Row) *sheet.Cell {
	var out *sheet.Cell
	for _, t := range p.Ticks {
		c, marked, blank := t.Mark(row)
		switch {
		case blank:
			continue
		case out != nil:
			return nil
		case marked:
			out = &sheet.Cell{Row: row.N, Col: t.Col, Kind: sheet.Text, Text: t.Value}
		default:
			out = c
		}
	}
	return out
}
