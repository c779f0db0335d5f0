package totals

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/layout"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// amountSaid is a total that says no more than how much it is, and of how many: 合计：3笔，共80万元. Of a plan (总计划500万元) and of
// other months (本年累计600万元) it says nothing of the rows.
var amountSaid = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(全区|全市|本月|本期|本表|以上)*(合计|总计|共计|小计)(金额|资金|总额)?(?:[:,;、\s]|人民币|兑付|拨付|发放|退税|缓缴|缴款|授信|资金|金额|总额|本月|本期|共计|共|为|\d+(?:户次|家次|人次|户|家|笔|条|项|件|人|个)(?:企业|资金)?)*?(\d[\d,]*(?:\.\d+)?\s*(?:百|千|十)?[万亿]?元)整?(?:[(。.;,].*)?$`)
})

// inCapitals is a total that is written in words alone: 大写：贰拾壹万伍仟元整.
var inCapitals = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[^\d]{0,8}大写[)）]?[:：]?(?:人民币)?([零〇壹贰叁肆伍陆柒捌玖拾佰仟万亿]+[元圆][零壹贰叁肆伍陆柒捌玖角分整正]*)$`)
})

// countWords begin and end the titles of columns of counts without telling one from another: 提供岗位数, 达成意向数.
var countWords = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(提供|达成|实际|涉及)|(人次|人数|数量|数)$`)
})

// sayCounts puts the numbers that the text of a total gives for columns of counts by their names under these columns: 合计：参会企业
// 40家，岗位250个.
func sayCounts(f *forms.Form, said sheet.Cell, at []heading.Placed, cells []sheet.Cell) {
	text := spelling.Squash(written.Plain(said.Text))
	for k := range f.Columns {
		c := &f.Columns[k]
		word := countWords().ReplaceAllString(c.Title, "")
		if c.Type != forms.Int || c.InKey || at[k].Col == 0 || len([]rune(word)) < 2 || strings.Count(text, word) != 1 {
			continue
		}
		_, after, _ := strings.Cut(text, word)
		if m := countBehind().FindStringSubmatch(after); m != nil {
			cells[k] = said
			cells[k].Text = m[1]
		}
	}
}

var countBehind = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:数|人次|人数|总数)?[:为共]?(\d{1,7})(?:个|家次?|人次?|户)`)
})

// titleAmount is an amount that a title or note gives for all of the rows: （共计兑付2家30万元）.
var titleAmount = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[(（【\[,，;；。:：])(?:本月|本期)?(?:共计?|合计|总计)(?:金额|资金|总额)?(?:[:,;、\s]|人民币|兑付|拨付|发放|退税|缓缴|缴款|授信|资金|金额|总额|共|为|\d+(?:户次|家次|人次|户|家|笔|条|项|件|人|个)(?:企业|资金)?)*?(\d[\d,]*(?:\.\d+)?(?:百|千|十)?[万亿]?元)`)
})

// checkTitled asks about an amount in a title or note that is the sum of no column of amounts.
func (r *Return) checkTitled(tb *layout.Table) {
	for _, said := range tb.AmountsSaid {
		m := titleAmount().FindStringSubmatch(spelling.Squash(written.Plain(said.Text)))
		if m == nil || len(tb.Lines) == 0 {
			continue
		}
		var all []layout.Line
		for _, t := range r.Tables {
			all = append(all, t.Lines...)
		}
		told, agrees := finding.Finding{}, false
		for k := range r.Form.Columns {
			c := &r.Form.Columns[k]
			if c.Type != forms.Money || tb.Lines[0].At[k].Col == 0 {
				continue
			}
			claimed, shown, ok := cell.Amount(&sheet.Cell{Kind: sheet.Text, Text: m[1]}, c, cell.Facts{})
			if !ok {
				continue
			}
			for _, lines := range [][]layout.Line{tb.Lines, all} {
				s := r.sumLines(lines, k, c)
				s.tolerance.Add(s.tolerance, cell.Halves(shown, 1, c))
				agrees = agrees || !s.readable || !cell.Differs(claimed, s.sum, s.tolerance)
			}
			if facts := r.Facts[tb.Lines[0].Head][k]; told.Message == "" || c.Required {
				told = finding.TitleTotal(said.At.Value, m[1], c.Title, cell.InUnit(r.sumLines(tb.Lines, k, c).sum, c, facts))
			}
		}
		if told.Message != "" && !agrees {
			r.Add(told.At(said.At))
		}
	}
}

// sayTotals puts the one amount that the text of a total says under the column that it may be the sum of: the one with which it
// agrees, else the first that every row has to fill. Several amounts in one text say nothing of which is which.
func (r *Return) sayTotals(tb *layout.Table) {
	for n := range tb.Totals {
		tot := &tb.Totals[n]
		if tot.Said.Kind != sheet.Text || len(tot.Said.Text) > 120 {
			continue
		}
		sayCounts(r.Form, tot.Said, tot.At, tot.Cells)
		m := amountSaid().FindStringSubmatch(written.Plain(tot.Said.Text))
		if m == nil {
			m = inCapitals().FindStringSubmatch(spelling.Squash(tot.Said.Text))
		}
		if m == nil || strings.Count(tot.Said.Text, "元") > 1 && !strings.ContainsAny(tot.Said.Text, "(（") {
			continue
		}
		amount := m[len(m)-1]
		at := -1
		for k := range r.Form.Columns {
			c := &r.Form.Columns[k]
			if c.Type != forms.Money || tot.At[k].Col == 0 {
				continue
			}
			said := tot.Said
			said.Text = amount
			claimed, shown, ok := cell.Amount(&said, c, r.Facts[tot.Head][k])
			if !ok {
				continue
			}
			if at < 0 || c.Required && !r.Form.Columns[at].Required {
				at = k
			}
			if slices.ContainsFunc(r.summed(tb, n), func(lines []layout.Line) bool {
				s := r.sumLines(lines, k, c)
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
