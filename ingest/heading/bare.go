package heading

import (
	"slices"
	"strings"
	"unicode"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// A heading may say when or how its column counts and not what: 8月 | 9月 | 10月, 本月, 人次. No field is read from it, and what
// stands below is not to be lost without a word.

// bareColumn is a column below such a heading.
type bareColumn struct {
	title  string
	col    int
	at     string
	period bool // it says which period: the amounts of it may be what a form asks for
}

// bareColumns finds them, where something stands below.
func (p *Page) bareColumns(h *Head) (out []bareColumn) {
	row := p.Row(h.Row + h.Height - 1)
	for k := range row.Cells {
		c := &row.Cells[k]
		if !sight.Filled(c) || h.takes(c.Col) {
			continue
		}
		head := p.columnHead(h.Row, h.Height, c.Col)
		if head.said == "" || head.title != "" || head.other || len(head.names) > 0 || p.covered(h.Row+h.Height-1, c.Col) || p.filledBelow(h, c.Col) == 0 {
			continue
		}
		title, _, _ := p.Level(h.Row+h.Height-1, c.Col)
		if !strings.ContainsFunc(title, unicode.IsLetter) || ordinary().MatchString(written.Heading(title)) { // #
			continue
		}
		out = append(out, bareColumn{title, c.Col, sheet.Ref(row.N, c.Col), !head.rollup && p.numbersBelow(h, c.Col) && (head.month > 0 || head.year > 0 || slices.Contains(thisPeriod, title))})
	}
	return out
}

// takes says whether something is read from a column.
func (h *Head) takes(col int) bool {
	for i := range h.Columns {
		at := &h.Columns[i]
		if at.Col == col || at.UnitCol == col || at.Parts.Some() && (at.Parts.year == col || at.Parts.month == col || at.Parts.day == col) || slices.ContainsFunc(at.Ticks, func(t tick) bool { return t.Col == col }) {
			return true
		}
	}
	return false
}

// numbersBelow says whether all that stands below a head in a column is numbers.
func (p *Page) numbersBelow(h *Head, col int) bool {
	for i := h.Row + h.Height; i < len(p.Rows); i++ {
		c := sight.CellIn(p.Row(i), col)
		if len(p.Row(i).Cells) <= 2 || !fillsIn(c) {
			continue
		}
		if _, _, ok := sight.NumberOf(c); !ok {
			return false
		}
	}
	return true
}

// amountsIn are the bare columns in which the amounts may stand that a form asks for and no other column has.
func (h *Head) amountsIn() (c *forms.Column, in []bareColumn) {
	for i := range h.Form.Columns {
		if f := &h.Form.Columns[i]; f.Type == forms.Money {
			if h.Column(f.Field) != nil || slices.Contains(h.rollup, f.Field) || slices.Contains(h.others, f.Field) || h.joins(f) {
				return nil, nil
			}
			if c == nil || f.Required && !c.Required {
				c = f
			}
		}
	}
	if c == nil {
		return nil, nil
	}
	for _, b := range h.bare {
		if b.period {
			in = append(in, b)
		}
	}
	return c, in
}

// lostByPeriod says whether a period's return has its amounts in several such columns.
func lostByPeriod(h *Head, in []bareColumn) bool { return len(in) > 1 && h.Form.Mode == forms.Period }

// periodsBare are the amounts of a period form that stand below several months or years and nothing else.
func periodsBare(h *Head, at finding.Place) (said Notes) {
	c, in := h.amountsIn()
	if c == nil || !lostByPeriod(h, in) {
		return nil
	}
	at.Field = c.Field
	at.Cell = in[0].at
	said.Add(finding.PeriodsUnread(c.Title).At(at))
	return said
}
