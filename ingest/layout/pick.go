package layout

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/around"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

func sameColumns(a, b *heading.Head) bool {
	real := func(h *heading.Head) (n int) {
		for _, c := range h.Columns {
			if c.Col > 0 {
				n++
			}
		}
		return n
	}
	if real(a) != real(b) {
		return false
	}
	for i := range a.Columns {
		o := b.Column(a.Columns[i].Field.Field)
		if o == nil || o.Col != a.Columns[i].Col || o.Unit != a.Columns[i].Unit || o.HasUnit != a.Columns[i].HasUnit || o.Scale != a.Columns[i].Scale || o.Parts != a.Columns[i].Parts {
			return false
		}
	}
	return true
}

// pick takes the cells of a row by field, in into where it has room; of a line also through vertical merges, 同上 and section rows.
func (r *tableReader) pick(into []sheet.Cell, row *sheet.Row, isLine bool) []sheet.Cell {
	cells := slices.Grow(into[:0], len(r.at))[:len(r.at)]
	clear(cells)
	var above *Line
	if n := len(r.table.Lines); n > 0 && isLine {
		above = &r.table.Lines[n-1]
	}
	for k := range r.at {
		if r.at[k].Col == 0 {
			if v := r.constant(k); v != "" && isLine {
				cells[k] = sheet.Cell{Row: row.N, Kind: sheet.Text, Text: v}
			}
			continue
		}
		c, col := r.own(k, row, above, isLine)
		cells[k] = c
		if b := r.at[k].Before; b > 0 && (!sight.Filled(&cells[k]) || sight.NoValue[written.Heading(cells[k].Text)]) {
			if c := sight.CellIn(row, b); sight.Present(c) {
				cells[k], col = *c, b
			}
		}
		cells[k].Row, cells[k].Col = row.N, col
		if above != nil && cells[k].Kind == sheet.Text && sight.SaysAbove(cells[k].Text) {
			cells[k] = above.Cell(k)
			cells[k].Row, cells[k].Col = row.N, col
		}
		if u := r.at[k].UnitCol; u > 0 {
			if unit := sight.CellIn(row, u); unit != nil {
				withUnit(&cells[k], spelling.Squash(unit.Text))
			}
		} else if r.unit != "" && r.at[k].Field.Type == forms.Money && !r.at[k].HasUnit {
			withUnit(&cells[k], r.unit)
		}
	}
	return cells
}

// constant is what a field without a column holds in every row: what the section above says, else the title.
func (r *tableReader) constant(k int) string {
	v := r.at[k].Constant
	if c, ok := r.carry[k]; ok && (c.value != "" || v == "") {
		v = c.value
	}
	return v
}

// own is the cell of a field in a row, and its column: the value that is ticked, a date put together of 年 月 日, what stands
// there, or of a line what is merged down into it.
func (r *tableReader) own(k int, row *sheet.Row, above *Line, isLine bool) (out sheet.Cell, col int) {
	at := &r.at[k]
	col = at.Col
	switch c := sight.CellIn(row, col); {
	case at.Ticks != nil:
		if c := at.Ticked(row); c != nil {
			return *c, c.Col
		}
	case at.Parts.Some():
		var last *sheet.Cell
		if above != nil {
			c := above.Cell(k)
			last = &c
		}
		return at.Parts.Cell(row, r.down, last), col
	case c != nil && !sight.IsPrompt(c):
		return *c, col
	case c == nil && isLine && !heading.IsNumber(at.Field): // one amount over several rows is not the amount of each
		return r.down[[2]int{row.N, col}], col
	}
	return out, col
}

// withUnit writes the unit that its row or section states behind an amount that states none itself.
func withUnit(c *sheet.Cell, word string) {
	if c.Kind != sheet.Number && c.Kind != sheet.Text {
		return
	}
	amount := spelling.Squash(c.Text)
	if _, is := written.MoneyUnits[word]; !is || amount == "" || strings.ContainsAny(amount[strings.LastIndexAny(amount, "0123456789")+1:], "元圆万亿") {
		return
	}
	c.Kind, c.Text, c.Format = sheet.Text, amount+word, ""
}

// unitBelow is what a section's heading, or a note between the rows, says of the unit of the amounts below it: 二、区级资金（单位：元）,
// 以下金额单位：元.
var unitBelow = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`单位(?:均|都)?(?:为|是)?:?(?:人民币)?((?:亿|千万|百万|十万|万|千|百)?元)(?:[)）\]】。;；,，]|$)`)
})

// takeUnit notes the unit that a section states for the rows below it, and says whether it states one. What a note says of no rows
// in particular is of all of them. Where headings have units of their own, it is held against these.
func (r *tableReader) takeUnit(kind rowkind.Kind, row *sheet.Row) bool {
	first := sight.FirstText(row)
	if len(first.Text) > 120 || !strings.Contains(first.Text, "单位") || kind != rowkind.Section && !strings.Contains(first.Text, "以下") {
		return false
	}
	m := unitBelow().FindStringSubmatch(spelling.Squash(written.Plain(first.Text)))
	if m == nil {
		return false
	}
	r.unit = m[1]
	if slices.ContainsFunc(r.at, func(p heading.Placed) bool { return p.Col > 0 && p.HasUnit && p.Field.Type == forms.Money }) {
		r.table.Said.TakeUnit(around.Said{Text: "单位：" + r.unit, Sheet: r.page.Name, Ref: first.Ref()})
	}
	return true
}
