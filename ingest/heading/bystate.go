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
