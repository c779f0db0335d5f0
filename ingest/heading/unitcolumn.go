package heading

import (
	"regexp"
	"slices"
	"sync"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// unitHeading is how a column is headed in which each row says what its amount is counted in.
var unitHeading = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(金额|货币|计量|币种|资金|数额)?单位(\([^()]*元[^()]*\))?$`)
})

// unitColumn finds a column of money units (金额 | 单位: 12.5 | 万元) beside amounts whose headings state none. A column by
// that name that holds anything else, such as names of units, is none.
func unitColumn(pg *Page, h *Head) {
	var money []*Placed
	for i := range h.Columns {
		if p := &h.Columns[i]; p.Col > 0 && p.Field.Type == forms.Money && !p.HasUnit {
			money = append(money, p)
		}
	}
	last := h.Row + h.Height - 1
	if len(money) == 0 || last >= len(pg.Rows) {
		return
	}
	for i := range pg.Row(last).Cells {
		c := &pg.Row(last).Cells[i]
		title := spelling.Squash(c.Text)
		if c.Kind != sheet.Text || !unitHeading().MatchString(title) || h.at(c.Col) != nil {
			continue
		}
		exp, one, found := pg.unitsBelow(last, c.Col)
		if !found {
			continue
		}
		for _, p := range money {
			if one {
				p.Unit, p.HasUnit = exp, true
			} else {
				p.UnitCol = c.Col
			}
		}
		h.extra = slices.DeleteFunc(slices.Clone(h.extra), func(s string) bool { return spelling.Squash(lastLevel(s)) == title })
		h.doubled = slices.DeleteFunc(slices.Clone(h.doubled), func(d twin) bool { return d.col == c.Col })
		return
	}
}

// unitsBelow reads a column of units: whether it is one, and the unit that all rows have, where they have one.
func (p *Page) unitsBelow(last, col int) (exp int, one, found bool) {
	units, other := 0, 0
	one = true
	for i := last + 1; i < len(p.Rows); i++ {
		c := sight.CellIn(p.Row(i), col)
		if c == nil || c.Kind == sheet.Empty {
			continue
		}
		e, is := written.MoneyUnits[spelling.Squash(c.Text)]
		if !is {
			other++
			continue
		}
		one = one && (units == 0 || e == exp)
		exp = e
		units++
	}
	return exp, one, units > 0 && other*5 <= units // a footer may stand below
}
