package heading

import (
	"regexp"
	"slices"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// ofWork is a heading that says nothing but that something was done on a day: 日期 under 办理情况, 处理时间, 状态/时间.
var ofWork = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(((问题|事项|项目|诉求)?(办理|处理|办结|解决|整改|完成)?(完成|情况|进展|结果|状态|状况)?/?)?(办理|处理|实际)?(日期|时间)|办理日|处理日)$`)
})

// takeByState takes an unmatched column of dates for the day on which an item was done, where the rows prove it: it is
// filled where the item is done, and nowhere else. 日期 under 办理, beside 状态, is 办结日期; the day of the last word on
// each item is not.
func (l *Reader) takeByState(pg *Page, h *Head, c *forms.Column) *finding.Finding {
	if c.Type != forms.Date {
		return nil
	}
	var state *Placed
	var done []string
	for _, r := range h.Form.Rules {
		if r.Kind == "present_exactly_when" && r.Field == c.Field {
			state, done = h.Column(r.When), r.Values
		}
	}
	if state == nil || state.Col == 0 || len(state.Ticks) > 0 {
		return nil
	}
	best := h.only(pg, c, func(col int, head columnHead) bool {
		return ofWork().MatchString(written.Heading(head.title)) && l.filledWhen(pg, h, col, state, done)
	})
	if best == nil {
		return nil
	}
	h.take(best)
	f := finding.HeadingByState(written.Short(best.Title, 30), c.Title, state.Field.Title, done).At(pg.Under(h, best))
	return &f
}

// only gives the one unmatched column of a head that passes a test as a place for a field; nil where none or several do.
func (h *Head) only(pg *Page, c *forms.Column, test func(col int, head columnHead) bool) (best *Placed) {
	for col, head := range pg.heads(h.Row, h.Height) {
		taken := slices.ContainsFunc(h.Columns, func(p Placed) bool { return p.Col == col })
		if taken || head.rollup || head.other || len(head.names) == 0 || !test(col, head) {
			continue
		}
		if best != nil {
			return nil
		}
		best = &Placed{Field: c, Col: col, Title: head.whole, guess: true}
	}
	return best
}

// filledWhen says whether a column holds a date in each row whose state is one of those given and in no other; of both
// kinds there must be a row.
func (l *Reader) filledWhen(pg *Page, h *Head, col int, state *Placed, done []string) bool {
	with, without := 0, 0
	for i := h.Row + h.Height; i < min(len(pg.Rows), h.Row+h.Height+valueRows); i++ {
		value, ok := l.Vocab.Lists[state.Field][written.Heading(textAt(pg, i, state.Col))]
		if !ok {
			continue
		}
		cell := sight.CellIn(pg.Row(i), col)
		dated := sight.Filled(cell) && !sight.Dashed(cell)
		if dated {
			if _, _, ok := written.CellDate(*cell); !ok {
				return false
			}
		}
		switch closed := slices.Contains(done, value); {
		case closed != dated:
			return false
		case closed:
			with++
		default:
			without++
		}
	}
	return with > 0 && without > 0
}

func textAt(pg *Page, i, col int) string {
	if c := sight.CellIn(pg.Row(i), col); sight.Filled(c) {
		return c.Text
	}
	return ""
}

// takeFromFact takes a column of dates for a deadline that the head lacks, where its heading may mean either and the rows prove it:
// the day on which something was done (完成时间) isn't written where it is open.
func (l *Reader) takeFromFact(pg *Page, h *Head, c *forms.Column) *finding.Finding {
	if c.Type != forms.Date || c.Role != forms.Deadline {
		return nil
	}
	for _, r := range h.Form.Rules {
		at, state := h.Column(r.Field), h.Column(r.When)
		if r.Kind != "present_exactly_when" || at == nil || at.Col == 0 || at.Field.Type != forms.Date || state == nil || state.Col == 0 || len(state.Ticks) > 0 || written.Heading(at.Title) == written.Heading(at.Field.Title) {
			continue
		}
		if !l.filledWhenOpen(pg, h, at.Col, state, r.Values) {
			continue
		}
		at.Field, at.guess = c, true
		f := finding.HeadingOfOpen(written.Short(at.Title, 30), c.Title, state.Field.Title, r.Values).At(pg.Under(h, at))
		return &f
	}
	return nil
}

// filledWhenOpen says whether a column holds a date in each row, and some row's state is none of those given.
func (l *Reader) filledWhenOpen(pg *Page, h *Head, col int, state *Placed, done []string) bool {
	open := false
	for i := h.Row + h.Height; i < min(len(pg.Rows), h.Row+h.Height+valueRows); i++ {
		value, ok := l.Vocab.Lists[state.Field][written.Heading(textAt(pg, i, state.Col))]
		if !ok {
			continue
		}
		cell := sight.CellIn(pg.Row(i), col)
		if !sight.Filled(cell) {
			return false
		}
		if _, _, ok := written.CellDate(*cell); !ok {
			return false
		}
		open = open || !slices.Contains(done, value)
	}
	return open
}

// ofYear begins a heading that is of a year's part of something.
var ofYear = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(20\d\d年?度?|本年度?|当年度?|今年|年度)`)
})

// tellOfYear asks about a column that is read by another word while one of a year's part (2026年计划投资 beside 总投资) is not.
func (h *Head) tellOfYear(pg *Page) (said Notes) {
	for _, s := range h.extra {
		names, _, _ := written.HeadingForms(lastLevel(s))
		for _, name := range names {
			of := ofYear().FindString(name)
			if of == "" {
				continue
			}
			for i := range h.Columns {
				p := &h.Columns[i]
				spelt, _, _ := written.HeadingForms(lastLevel(p.Title))
				if p.Col > 0 && IsNumber(p.Field) && name[len(of):] == written.Heading(p.Field.Title) && !slices.Contains(spelt, written.Heading(p.Field.Title)) {
					said.Add(finding.HeadingOfYear(written.Short(p.Title, 20), p.Field.Title, written.Short(s, 20)).At(pg.Under(h, p)))
					return said
				}
			}
		}
	}
	return said
}
