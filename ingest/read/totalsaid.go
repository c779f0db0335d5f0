package read

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// amountSaid is a total that says no more than how much it is, and of how many: 合计：3笔，共80万元. Of a plan (总计划500万元) and of
// other months (本年累计600万元) it says nothing of the rows.
var amountSaid = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(全区|全市|本月|本期|本表|以上)*(合计|总计|共计|小计)(金额|资金|总额)?(?:[:,;、\s]|人民币|兑付|拨付|发放|退税|缓缴|缴款|授信|资金|金额|总额|本月|本期|共计|共|为|\d+(?:户次|家次|人次|户|家|笔|条|项|件|人|个)(?:企业|资金)?)*?(\d[\d,]*(?:\.\d+)?\s*(?:百|千|十)?[万亿]?元)整?(?:[(。.;,].*)?$`)
})

// sayTotals puts the one amount that the text of a total says under the column that it may be the sum of: the one with which it
// agrees, else the first that every row has to fill. Several amounts in one text say nothing of which is which.
func (rd *Reader) sayTotals(pt *Part, tb *layout.Table) {
	for n := range tb.Totals {
		tot := &tb.Totals[n]
		if tot.Said.Kind != sheet.Text || len(tot.Said.Text) > 120 {
			continue
		}
		m := amountSaid().FindStringSubmatch(written.Plain(tot.Said.Text))
		if m == nil || strings.Count(tot.Said.Text, "元") > 1 && !strings.ContainsAny(tot.Said.Text, "(（") {
			continue
		}
		amount := m[len(m)-1]
		at := -1
		for k := range pt.Form.Columns {
			c := &pt.Form.Columns[k]
			if c.Type != forms.Money || tot.At[k].Col == 0 {
				continue
			}
			said := tot.Said
			said.Text = amount
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
			tot.Cells[at].Text = amount
		}
	}
}

// checkRows asks about a number of rows that is said (共12件) and that is not how many there are: in the table, in the return, or
// in what a total may sum.
func (rd *Reader) checkRows(pt *Part, tb *layout.Table) {
	for _, said := range tb.RowsSaid {
		stretches := [][]layout.Line{tb.Lines}
		if said.Total >= 0 {
			stretches = append(stretches, rd.summed(pt, tb, said.Total)...)
		}
		all := 0
		for _, t := range pt.Tables {
			all += len(t.Lines)
		}
		enough := func(rows int) bool { return rows == said.Rows || said.New && rows > said.Rows }
		if all == 0 || enough(all) || enough(all-pt.Repeats) || slices.ContainsFunc(stretches, func(l []layout.Line) bool { return enough(len(l)) }) {
			continue
		}
		rows := len(tb.Lines)
		if said.Total >= 0 {
			rows = len(stretches[1])
		}
		pt.Add(finding.RowsDiffer(said.Text, said.Rows, said.Word, rows).At(said.At))
	}
}
