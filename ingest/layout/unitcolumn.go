package layout

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
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
	last := h.row + h.height - 1
	if len(money) == 0 || last >= len(pg.Rows) {
		return
	}
	for i := range pg.Row(last).Cells {
		c := &pg.Row(last).Cells[i]
		title := written.Squash(c.Text)
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
				p.unitCol = c.Col
			}
		}
		h.extra = slices.DeleteFunc(slices.Clone(h.extra), func(s string) bool { return written.Squash(lastLevel(s)) == title })
		h.doubled = slices.DeleteFunc(slices.Clone(h.doubled), func(d twin) bool { return d.col == c.Col })
		return
	}
}

// unitsBelow reads a column of units: whether it is one, and the unit that all rows have, where they have one.
func (p *Page) unitsBelow(last, col int) (exp int, one, found bool) {
	units, other := 0, 0
	one = true
	for i := last + 1; i < len(p.Rows); i++ {
		c := CellIn(p.Row(i), col)
		if c == nil || c.Kind == sheet.Empty {
			continue
		}
		e, is := written.MoneyUnits[written.Squash(c.Text)]
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

// withUnit writes the unit that its row states behind an amount that states none itself.
func (r *tableReader) withUnit(c *sheet.Cell, row *sheet.Row, col int) {
	unit := CellIn(row, col)
	if unit == nil || c.Kind != sheet.Number && c.Kind != sheet.Text {
		return
	}
	word := written.Squash(unit.Text)
	amount := written.Squash(c.Text)
	if _, is := written.MoneyUnits[word]; !is || amount == "" || strings.ContainsAny(amount[strings.LastIndexAny(amount, "0123456789")+1:], "元圆万亿") {
		return
	}
	c.Kind, c.Text, c.Format = sheet.Text, amount+word, ""
}
