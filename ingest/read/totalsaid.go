package read

import (
	"regexp"
	"slices"
	"sync"

	"taizhang/ingest/cell"
	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// amountSaid is an amount with its unit within a sentence: 合计：3笔，共80万元.
var amountSaid = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\d[\d,，.]*\s*(?:百|千|十)?[万亿]?元`)
})

// sayTotals puts the one amount that the text of a total says under the column that it may be the sum of: the one with which it
// agrees, else the first that every row has to fill. Several amounts in one text say nothing of which is which.
func (rd *Reader) sayTotals(pt *Part, tb *layout.Table) {
	for n := range tb.Totals {
		tot := &tb.Totals[n]
		if tot.Said.Kind != sheet.Text || len(tot.Said.Text) > 120 {
			continue
		}
		amounts := amountSaid().FindAllString(written.Plain(tot.Said.Text), 2)
		if len(amounts) != 1 {
			continue
		}
		at := -1
		for k := range pt.Form.Columns {
			c := &pt.Form.Columns[k]
			if c.Type != forms.Money || tot.At[k].Col == 0 {
				continue
			}
			said := tot.Said
			said.Text = amounts[0]
			claimed, shown, ok := cell.Amount(&said, c, pt.Facts[tot.Head][k])
			if !ok {
				continue
			}
			if at < 0 || c.Required && !pt.Form.Columns[at].Required {
				at = k
			}
			if slices.ContainsFunc(rd.summed(pt, tb, n), func(lines []layout.Line) bool {
				s := pt.sumLines(lines, k, c)
				s.tolerance.Add(s.tolerance, cell.Halves(shown, 1, c))
				return !cell.Differs(claimed, s.sum, s.tolerance)
			}) {
				at = k
				break
			}
		}
		if at >= 0 {
			tot.Cells[at] = tot.Said
			tot.Cells[at].Text = amounts[0]
		}
	}
}
