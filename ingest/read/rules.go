package read

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// checkRules applies the form's rules over several fields. Contradictions warn; required_when refuses the row.
func (rd *Reader) checkRules(pt *Part, t *cell.Typer, l *layout.Line, r *Record, faulty []bool, refuse func(string)) {
	f := pt.Form
	index := func(field string) int {
		return slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Field == field })
	}
	for _, rule := range f.Rules {
		k := index(rule.Field)
		c := &f.Columns[k]
		v := r.Vals[k]
		say := func(sev finding.Severity, msg, hint string) {
			fd := finding.Finding{Severity: sev, Rule: rule.ID, Sheet: l.Sheet, Row: l.N, Field: c.Field, Message: msg, Hint: hint, Value: t.Shown(&l.Cells[k], c, false)}
			if l.At[k].Col > 0 {
				fd.Cell = sheet.Ref(l.N, l.At[k].Col)
			}
			pt.Add(fd)
		}
		switch rule.Kind {
		case "present_exactly_when", "present_when", "required_when":
			w := index(rule.When)
			if !r.Vals[w].Set || faulty[k] {
				continue
			}
			when := slices.Contains(rule.Values, r.Vals[w].Text)
			wt := f.Columns[w].Title
			switch {
			case rule.Kind == "required_when" && when && !v.Set:
				say(finding.Error, fmt.Sprintf("「%s」为“%s”时，「%s」不能为空", wt, r.Vals[w].Text, c.Title), "请补填后重新报送；补填前该行不计入统计")
				refuse(fmt.Sprintf("缺少「%s」", c.Title))
			case rule.Kind != "required_when" && when && !v.Set:
				say(finding.Warning, fmt.Sprintf("「%s」为“%s”，但没有填「%s」", wt, r.Vals[w].Text, c.Title), fmt.Sprintf("请补填「%s」，或改正「%s」", c.Title, wt))
			case rule.Kind == "present_exactly_when" && !when && v.Set:
				say(finding.Warning, fmt.Sprintf("「%s」为“%s”，却填了「%s」%s", wt, r.Vals[w].Text, c.Title, v.Text), fmt.Sprintf("请改正「%s」，或删去「%s」", wt, c.Title))
			}
		case "not_before":
			o := r.Vals[index(rule.Than)]
			if v.Set && o.Set && v.Date < o.Date {
				say(finding.Warning, fmt.Sprintf("「%s」%s 早于「%s」%s", c.Title, v.Text, f.Column(rule.Than).Title, o.Text), "请核对两个日期")
			}
		case "at_most":
			o := r.Vals[index(rule.Than)]
			if v.Set && o.Set && v.Num.Cmp(o.Num) > 0 {
				say(finding.Warning, fmt.Sprintf("「%s」（%s）大于「%s」（%s）", c.Title, v.Text, f.Column(rule.Than).Title, o.Text), "请核对两个数")
			}
		}
	}
}

// checkTotals compares each 合计 row with the rows it may sum, as written, refused and repeated ones included.
// A difference beyond rounding rejects in the money forms and warns elsewhere; an unreadable amount makes it a warning.
func (rd *Reader) checkTotals(pt *Part, tb *layout.Table) {
	for n, tot := range tb.Totals {
		for k := range pt.Form.Columns {
			c := &pt.Form.Columns[k]
			if c.Type != forms.Money && (c.Type != forms.Int || c.InKey) || tot.At[k].Col == 0 {
				continue
			}
			facts := pt.Facts[tot.Head][k]
			claimed, shown, ok := cell.Amount(&tot.Cells[k], c, facts)
			if !ok {
				continue
			}
			best, agrees := sums{}, false
			for i, lines := range rd.summed(pt, tb, n) {
				s := pt.sumLines(lines, k, c)
				s.tolerance.Add(s.tolerance, cell.Halves(shown, 1, c)) // the total's own rounding
				if agrees = !cell.Differs(claimed, s.sum, s.tolerance); agrees {
					break
				}
				if i == 0 {
					best = s
				}
			}
			if agrees {
				continue
			}
			fd := finding.Finding{Severity: finding.Warning, Rule: "total_mismatch", Sheet: tot.Sheet, Row: tot.N, Cell: tot.Cells[k].Ref(), Field: c.Field,
				Value: written.Short(secret.MaskText(written.DateText(tot.Cells[k])), 60),
				Message: fmt.Sprintf("「%s」合计写的是 %s，各行相加是 %s，相差 %s", c.Title, cell.InUnit(claimed, c, facts), cell.InUnit(best.sum, c, facts),
					cell.InUnit(new(big.Int).Sub(claimed, best.sum), c, facts)),
				Hint: "请核对各行金额和合计，改正后重新报送", Suggest: cell.InUnit(best.sum, c, facts)}
			if pt.Form.TotalsReject && c.Type == forms.Money && best.readable {
				pt.Reject(fd)
			} else {
				pt.Add(fd)
			}
		}
	}
}

// summed gives the stretches of lines that a total may sum, the likeliest first: a 小计 its block, above or below it;
// a 合计 the whole table, all sheets of the return, or what stands above it.
func (rd *Reader) summed(pt *Part, tb *layout.Table, n int) [][]layout.Line {
	tot := tb.Totals[n]
	since, until := 0, len(tb.Lines)
	if n > 0 {
		since = tb.Totals[n-1].Line
	}
	if n+1 < len(tb.Totals) {
		until = tb.Totals[n+1].Line
	}
	var all []layout.Line
	for _, t := range pt.Tables {
		all = append(all, t.Lines...)
	}
	block := [][]layout.Line{tb.Lines[since:tot.Line], tb.Lines[tot.Line:until]}
	whole := [][]layout.Line{tb.Lines, all, tb.Lines[:tot.Line], tb.Lines[tot.Line:]}
	for i := n - 1; i >= 0; i-- { // a 合计 of several 小计 blocks
		from := 0
		if i > 0 {
			from = tb.Totals[i-1].Line
		}
		whole = append(whole, tb.Lines[from:tot.Line])
	}
	if tot.Part && tot.Line > since {
		return append(block, whole...)
	}
	if tot.Part {
		return append([][]layout.Line{block[1]}, whole...)
	}
	return append(whole, block...)
}

// sums is a column added up as written.
type sums struct {
	sum, tolerance *big.Int
	rows           int
	readable       bool // every amount could be read
}

// sumLines adds a column up and gives the tolerance: half a unit in the last place shown, per summed row.
func (pt *Part) sumLines(lines []layout.Line, k int, c *forms.Column) sums {
	s := sums{sum: new(big.Int), tolerance: new(big.Int), readable: true}
	places := -99
	for i := range lines {
		at := &lines[i].Cells[k]
		if at.Kind == sheet.Empty && !at.NoValue || cell.Dashes[strings.ToLower(written.Tidy(at.Text))] {
			continue
		}
		n, shown, ok := cell.Amount(at, c, pt.Facts[lines[i].Head][k])
		if !ok {
			s.readable = false
			continue
		}
		s.sum.Add(s.sum, n)
		places = max(places, shown)
		s.rows++
	}
	if s.rows > 0 {
		s.tolerance.Add(s.tolerance, cell.Halves(places, s.rows, c))
	}
	return s
}
