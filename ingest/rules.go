package ingest

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
)

// checkRules applies the form's rules over several fields. Contradictions warn; required_when refuses the row.
func (in *Intake) checkRules(pt *part, t *typer, l *line, r *record, faulty []bool, refuse func(string)) {
	f := pt.form
	index := func(field string) int {
		return slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Field == field })
	}
	for _, rule := range f.Rules {
		k := index(rule.Field)
		c := &f.Columns[k]
		v := r.vals[k]
		say := func(sev finding.Severity, msg, hint string) {
			fd := finding.Finding{Severity: sev, Rule: rule.ID, Sheet: l.sheet, Row: l.n, Field: c.Field, Message: msg, Hint: hint, Value: t.shown(&l.cells[k], c, false)}
			if l.at[k].col > 0 {
				fd.Cell = sheet.Ref(l.n, l.at[k].col)
			}
			pt.add(fd)
		}
		switch rule.Kind {
		case "present_exactly_when", "present_when", "required_when":
			w := index(rule.When)
			if !r.vals[w].set || faulty[k] {
				continue
			}
			when := isOneOf(r.vals[w].text, rule.Values)
			wt := f.Columns[w].Title
			switch {
			case rule.Kind == "required_when" && when && !v.set:
				say(finding.Error, fmt.Sprintf("「%s」为“%s”时，「%s」不能为空", wt, r.vals[w].text, c.Title), "请补填后重新报送；补填前该行不计入统计")
				refuse(fmt.Sprintf("缺少「%s」", c.Title))
			case rule.Kind != "required_when" && when && !v.set:
				say(finding.Warning, fmt.Sprintf("「%s」为“%s”，但没有填「%s」", wt, r.vals[w].text, c.Title), fmt.Sprintf("请补填「%s」，或改正「%s」", c.Title, wt))
			case rule.Kind == "present_exactly_when" && !when && v.set:
				say(finding.Warning, fmt.Sprintf("「%s」为“%s”，却填了「%s」%s", wt, r.vals[w].text, c.Title, v.text), fmt.Sprintf("请改正「%s」，或删去「%s」", wt, c.Title))
			}
		case "not_before":
			o := r.vals[index(rule.Than)]
			if v.set && o.set && v.date < o.date {
				say(finding.Warning, fmt.Sprintf("「%s」%s 早于「%s」%s", c.Title, v.text, f.Column(rule.Than).Title, o.text), "请核对两个日期")
			}
		case "at_most":
			o := r.vals[index(rule.Than)]
			if v.set && o.set && v.num.Cmp(o.num) > 0 {
				say(finding.Warning, fmt.Sprintf("「%s」（%s）大于「%s」（%s）", c.Title, v.text, f.Column(rule.Than).Title, o.text), "请核对两个数")
			}
		}
	}
}

// checkTotals compares each 合计 row with the rows it may sum, as written, refused and repeated ones included.
// A difference beyond rounding rejects in the money forms and warns elsewhere; an unreadable amount makes it a warning.
func (in *Intake) checkTotals(pt *part, tb *table) {
	for n, tot := range tb.totals {
		for k := range pt.form.Columns {
			c := &pt.form.Columns[k]
			if c.Type != forms.Money && (c.Type != forms.Int || c.InKey) || tot.at[k].col == 0 {
				continue
			}
			facts := tb.facts[tot.block][k]
			claimed, shown, ok := amount(&tot.cells[k], c, facts)
			if !ok {
				continue
			}
			best, agrees := sums{}, false
			for i, lines := range in.summed(pt, tb, n) {
				s := sumLines(lines, k, c)
				s.round(shown, c)
				if agrees = !differs(claimed, s.sum, s.tolerance); agrees {
					break
				}
				if i == 0 {
					best = s
				}
			}
			if agrees {
				continue
			}
			fd := finding.Finding{Severity: finding.Warning, Rule: "total_mismatch", Sheet: tot.sheet, Row: tot.n, Cell: tot.cells[k].Ref(), Field: c.Field,
				Value: short(maskText(dateText(tot.cells[k])), 60),
				Message: fmt.Sprintf("「%s」合计写的是 %s，各行相加是 %s，相差 %s", c.Title, inUnit(claimed, c, facts), inUnit(best.sum, c, facts),
					inUnit(new(big.Int).Sub(claimed, best.sum), c, facts)),
				Hint: "请核对各行金额和合计，改正后重新报送", Suggest: inUnit(best.sum, c, facts)}
			if pt.form.TotalsReject && c.Type == forms.Money && best.readable {
				pt.reject(fd)
			} else {
				pt.add(fd)
			}
		}
	}
}

// summed gives the stretches of lines that a total may sum, the likeliest first: a 小计 its block, above or below it;
// a 合计 the whole table, all sheets of the return, or what stands above it.
func (in *Intake) summed(pt *part, tb *table, n int) [][]line {
	tot := tb.totals[n]
	since, until := 0, len(tb.lines)
	if n > 0 {
		since = tb.totals[n-1].line
	}
	if n+1 < len(tb.totals) {
		until = tb.totals[n+1].line
	}
	var all []line
	for _, t := range pt.tables {
		all = append(all, t.lines...)
	}
	block := [][]line{tb.lines[since:tot.line], tb.lines[tot.line:until]}
	whole := [][]line{tb.lines, all, tb.lines[:tot.line], tb.lines[tot.line:]}
	for i := n - 1; i >= 0; i-- { // a 合计 of several 小计 blocks
		from := 0
		if i > 0 {
			from = tb.totals[i-1].line
		}
		whole = append(whole, tb.lines[from:tot.line])
	}
	if tot.part && tot.line > since {
		return append(block, whole...)
	}
	if tot.part {
		return append([][]line{block[1]}, whole...)
	}
	return append(whole, block...)
}

func differs(a, b, tolerance *big.Int) bool {
	d := new(big.Int).Sub(a, b)
	return d.Abs(d).Cmp(tolerance) > 0
}

// amountScale is the precision of totals: tenths of a fen, so that rounding at half a fen is seen.
const amountScale = 3

// amount reads a number of a money or int column at amountScale (yuan, or pieces), with the decimals it shows.
func amount(c *sheet.Cell, col *forms.Column, facts columnFacts) (n *big.Int, shownDecimals int, ok bool) {
	if c.Kind == sheet.Empty || c.Kind == sheet.Error || c.Kind == sheet.Date {
		return nil, 0, false
	}
	num, unit, hasUnit := moneyText(c.Text)
	if c.Kind == sheet.Number {
		num, hasUnit = c.Text, false
	}
	unit = amountUnit(c, unit, hasUnit, facts)
	if col.Type == forms.Int {
		unit = 0
		if v, good := parseInt(c.Text); good {
			num = itoa(int(v))
		}
	}
	d, err := parseDecimal(num)
	if err != nil {
		return nil, 0, false
	}
	shownDecimals = min(max(0, -d.exp), 6)
	if places, fixedFormat := formatDecimals(c.Format); c.Kind == sheet.Number && fixedFormat {
		shownDecimals = places
	}
	d.exp += unit
	n, _ = d.rounded(amountScale)
	return n, shownDecimals - unit, true
}

// formatDecimals is the number of decimals that a number format shows; ok is false for General.
func formatDecimals(format string) (int, bool) {
	main, _, _ := strings.Cut(format, ";")
	if !strings.ContainsAny(main, "0#") {
		return 0, false
	}
	i := strings.IndexByte(main, '.')
	if i < 0 {
		return 0, true
	}
	n := 0
	for _, r := range main[i+1:] {
		if r != '0' && r != '#' {
			break
		}
		n++
	}
	return n, true
}

// sums is a column added up as written.
type sums struct {
	sum, tolerance *big.Int
	rows           int
	readable       bool // every amount could be read
}

// sumLines adds a column up and gives the tolerance: half a unit in the last place shown, per summed row.
func sumLines(lines []line, k int, c *forms.Column) sums {
	s := sums{sum: new(big.Int), tolerance: new(big.Int), readable: true}
	places := -99
	for i := range lines {
		cell := &lines[i].cells[k]
		if cell.Kind == sheet.Empty && !cell.NoValue || dashes[strings.ToLower(tidy(cell.Text))] {
			continue
		}
		n, shown, ok := amount(cell, c, lines[i].facts[k])
		if !ok {
			s.readable = false
			continue
		}
		s.sum.Add(s.sum, n)
		places = max(places, shown)
		s.rows++
	}
	if s.rows > 0 {
		s.addHalf(places, s.rows, c)
	}
	return s
}

// addHalf widens the tolerance by half a unit in a decimal place, times.
func (s *sums) addHalf(places, times int, c *forms.Column) {
	if c.Type != forms.Money || amountScale-places <= 0 {
		return
	}
	h := new(big.Int).Mul(pow10(amountScale-places), big.NewInt(int64(times)))
	s.tolerance.Add(s.tolerance, h.Rsh(h, 1))
}

// round allows for the total's own rounding.
func (s *sums) round(shown int, c *forms.Column) { s.addHalf(shown, 1, c) }

// inUnit writes an amount in the unit of its column.
func inUnit(n *big.Int, c *forms.Column, facts columnFacts) string {
	scale := amountScale
	name := ""
	if c.Type == forms.Money {
		scale += facts.unit
		for _, w := range []string{"元", "百元", "千元", "万元", "百万元", "亿元"} {
			if units[w] == facts.unit {
				name = w
			}
		}
	}
	s := fixed(n, scale)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s + name
}
