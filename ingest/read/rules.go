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
		if l.Head.Lacks(c) { // that was said of the head; a row that can't do without it is refused all the same
			if w := index(rule.When); rule.Kind == "required_when" && slices.Contains(rule.Values, r.Vals[w].Text) {
				refuse(fmt.Sprintf("缺少「%s」", c.Title))
			}
			continue
		}
		v := r.Vals[k]
		say := func(fd finding.Finding) {
			pt.Add(fd.At(placeOf(l, k, t.Shown(&l.Cells[k], c, false))))
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
				say(finding.RequiredWhen(rule.ID, wt, r.Vals[w].Text, c.Title))
				refuse(fmt.Sprintf("缺少「%s」", c.Title))
			case rule.Kind != "required_when" && when && !v.Set:
				say(finding.ExpectedWhen(rule.ID, wt, r.Vals[w].Text, c.Title))
			case rule.Kind == "present_exactly_when" && !when && v.Set:
				say(finding.UnexpectedWhen(rule.ID, wt, r.Vals[w].Text, c.Title, v.Text))
			}
		case "not_before":
			o := r.Vals[index(rule.Than)]
			if v.Set && o.Set && v.Date < o.Date {
				say(finding.Before(rule.ID, c.Title, v.Text, f.Column(rule.Than).Title, o.Text))
			}
		case "at_most":
			o := r.Vals[index(rule.Than)]
			if v.Set && o.Set && v.Num.Cmp(o.Num) > 0 {
				say(finding.Exceeds(rule.ID, c.Title, v.Text, f.Column(rule.Than).Title, o.Text))
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
			inUnit := func(n *big.Int) string { return cell.InUnit(n, c, facts) }
			rejects := pt.Form.TotalsReject && c.Type == forms.Money && best.readable
			pt.Add(finding.TotalMismatch(c.Title, inUnit(claimed), inUnit(best.sum), inUnit(new(big.Int).Sub(claimed, best.sum)), rejects).
				At(finding.Place{Sheet: tot.Sheet, Row: tot.N, Cell: tot.Cells[k].Ref(), Field: c.Field, Value: written.Short(secret.MaskText(written.DateText(tot.Cells[k])), 60)}))
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
