package layout

import (
	"slices"
	"strings"
	"unicode/utf8"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// tick is a column for one of a field's listed values, in which rows are marked: √ under 已办结.
type tick struct {
	col     int
	value   string
	circles bool // an empty circle marks a row: see circlesTick
}

// tickMarks mark a row, blankMarks leave it unmarked as an empty cell does. circleMarks may do either.
var (
	tickMarks   = map[string]bool{"√": true, "✓": true, "✔": true, "✔️": true, "☑": true, "☑️": true, "✅": true, "●": true, "■": true, "★": true, "▲": true, "◆": true, "1": true, "是": true, "v": true, "y": true, "yes": true, "t": true, "true": true, "对": true, "有": true, "勾": true, "🗸": true, "☒": true, "◉": true, "⊙": true, "∨": true, "ⅴ": true}
	blankMarks  = map[string]bool{"": true, "×": true, "✗": true, "✘": true, "x": true, "□": true, "☐": true, "0": true, "否": true, "n": true, "no": true, "false": true, "-": true, "—": true, "——": true, "--": true, "/": true, "无": true}
	circleMarks = map[string]bool{"○": true, "◯": true, "〇": true, "o": true, "⚪": true, "⭕": true}
)

// mark reads a cell of a column of ticks: marked, left blank, or neither.
func (t *tick) mark(row *sheet.Row) (c *sheet.Cell, marked, blank bool) {
	c = CellIn(row, t.col)
	if !present(c) {
		return c, false, true
	}
	w := markWord(c)
	if circleMarks[w] {
		return c, t.circles, !t.circles
	}
	return c, tickMarks[w], blankMarks[w]
}

func markWord(c *sheet.Cell) string {
	return strings.Trim(written.Squash(c.Text), "()[]【】\ufe0f")
}

// circlesTick says whether an empty circle is a tick in these columns: where rows hold one of them and nothing else. Where
// they stand beside ● or √, or in several columns of a row, they leave a cell blank.
func circlesTick(p *Page, ts []tick, last int) bool {
	alone, beside := 0, 0
	for j := last + 1; j < len(p.Rows); j++ {
		circles, others := 0, 0
		for _, t := range ts {
			c := CellIn(p.Row(j), t.col)
			if !present(c) {
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
		last := h.row + h.height - 1
		if ts := v.ticksIn(p, h, c, last, last); len(ts) > 0 {
			h.tickBy(c, ts)
			continue
		}
		if last+1 < len(p.Rows) && p.Rows[last+1].N == p.Rows[last].N+1 {
			if ts := v.ticksIn(p, h, c, last+1, last+1); len(ts) > 0 && len(ts) == len(p.Row(last+1).Cells) {
				h.height++
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
		if cell.Kind != sheet.Text || !ok || slices.ContainsFunc(out, func(t tick) bool { return t.value == value }) || len(out) > 0 && cell.Col > out[len(out)-1].col+1 {
			continue
		}
		out = append(out, tick{col: cell.Col, value: value})
	}
	if len(out) < 2 {
		return nil
	}
	if at := h.Column(c.Field); at != nil && at.Col > 0 && !slices.ContainsFunc(out, func(t tick) bool { return t.col == at.Col }) {
		return nil // a column of its own
	}
	circles := circlesTick(p, out, last)
	for k := range out {
		out[k].circles = circles
	}
	marks, other := 0, 0
	for j := last + 1; j < min(len(p.Rows), last+1+valueRows); j++ {
		for _, t := range out {
			c, marked, blank := t.mark(p.Row(j))
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
	own := func(col int) bool { return slices.ContainsFunc(ts, func(t tick) bool { return t.col == col }) }
	title := c.Title
	if at := h.Column(c.Field); at != nil && at.Title != "" {
		title = at.Title
	}
	h.Columns = slices.DeleteFunc(slices.Clone(h.Columns), func(p Placed) bool { return p.Field == c || own(p.Col) })
	h.Columns = append(h.Columns, Placed{Field: c, Col: ts[0].col, Title: title, ticks: ts})
	h.doubled = slices.DeleteFunc(slices.Clone(h.doubled), func(d twin) bool { return own(d.col) || own(d.byCol) })
	h.extra = slices.DeleteFunc(slices.Clone(h.extra), func(s string) bool {
		return slices.ContainsFunc(ts, func(t tick) bool { return written.Heading(lastLevel(s)) == written.Heading(t.value) }) || h.tickTitle(s, ts, c)
	})
}

// tickTitle says whether a heading is one of the field's spellings of a ticked value.
func (h *Head) tickTitle(s string, ts []tick, c *forms.Column) bool {
	leaf := written.Heading(lastLevel(s))
	for _, val := range c.Values {
		if slices.ContainsFunc(val.Variants, func(x string) bool { return written.Heading(x) == leaf }) && slices.ContainsFunc(ts, func(t tick) bool { return t.value == val.Name }) {
			return true
		}
	}
	return false
}

// ticked gives the value that a row ticks as a cell that says it; nil where none or more than one is ticked. What is
// neither a tick nor blank is given as it stands.
func (p *Placed) ticked(row *sheet.Row) *sheet.Cell {
	var out *sheet.Cell
	for _, t := range p.ticks {
		c, marked, blank := t.mark(row)
		switch {
		case blank:
			continue
		case out != nil:
			return nil
		case marked:
			out = &sheet.Cell{Row: row.N, Col: t.col, Kind: sheet.Text, Text: t.value}
		default:
			out = c
		}
	}
	return out
}

// tickFault says what is wrong with the ticks of a line.
func (l *Line) tickFault(row *sheet.Row, k int) {
	p := &l.At[k]
	var names, ticked []string
	for _, t := range p.ticks {
		names = append(names, t.value)
		if _, _, blank := t.mark(row); !blank {
			ticked = append(ticked, t.value)
		}
	}
	if len(ticked) == 1 || len(ticked) == 0 && !p.Field.Required {
		return
	}
	said := finding.NotTicked(p.Field.Title, names)
	if len(ticked) > 1 {
		said = finding.TickedTwice(p.Field.Title, ticked)
	}
	said = said.At(finding.Place{Sheet: l.Sheet, Row: l.N, Cell: sheet.Ref(l.N, p.Col), Field: p.Field.Field, Value: strings.Join(ticked, "、")})
	l.blame(Fault{k, said.Message, &said})
}
