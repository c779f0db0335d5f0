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
func (in *Intake) checkRules(pt *part, l *line, r *record, faulty []bool, refuse func(string)) {
	f := pt.form
	index := func(field string) int {
		return slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Field == field })
	}
	for _, rule := range f.Rules {
		k := index(rule.Field)
		c := &f.Columns[k]
		v := r.vals[k]
		say := func(sev finding.Severity, msg, hint string) {
			fd := finding.Finding{Severity: sev, Rule: rule.ID, Sheet: l.sheet, Row: l.n, Field: c.Field, Message: msg, Hint: hint, Value: shown(&l.cells[k], c)}
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

// checkTotals compares each 合计 row with the rows it sums, as written, refused and repeated ones included.
// A difference beyond rounding rejects in the money forms and warns elsewhere; an unreadable amount makes it a warning.
func (in *Intake) checkTotals(pt *part, tb *table, facts []columnFacts) {
	for _, tot := range tb.totals {
		from, to := tot.from, tot.to
		if to == from { // a 合计 above its rows
			from, to = 0, len(tb.lines)
		}
		for k := range pt.form.Columns {
			c := &pt.form.Columns[k]
			if c.Type != forms.Money && c.Type != forms.Int || c.InKey || tot.at[k].col == 0 {
				continue
			}
			claimed, _, ok := amount(&tot.cells[k], c, facts[k])
			if !ok {
				continue
			}
			part, tolPart, readable := sumLines(tb.lines[from:to], k, c, facts[k])
			whole, tolWhole, readableAll := sumLines(tb.lines, k, c, facts[k])
			if differs(claimed, part, tolPart) && differs(claimed, whole, tolWhole) {
				sum := part
				if from == 0 || to == len(tb.lines) {
					sum, readable = whole, readableAll
				}
				fd := finding.Finding{Severity: finding.Warning, Rule: "total_mismatch", Sheet: tot.sheet, Row: tot.n, Cell: tot.cells[k].Ref(), Field: c.Field,
					Value:   shown(&tot.cells[k], c),
					Message: fmt.Sprintf("「%s」合计写的是 %s，各行相加是 %s，相差 %s", c.Title, inUnit(claimed, c, facts[k]), inUnit(sum, c, facts[k]), inUnit(new(big.Int).Sub(claimed, sum), c, facts[k])),
					Hint:    "请核对各行金额和合计，改正后重新报送", Suggest: inUnit(sum, c, facts[k])}
				if pt.form.TotalsReject && c.Type == forms.Money && readable {
					pt.reject(fd)
				} else {
					pt.add(fd)
				}
			}
		}
	}
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
	if !hasUnit {
		unit = facts.unit
	}
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

// sumLines adds a column up as written and gives the tolerance: half a unit in the last place shown, per summed row.
func sumLines(lines []line, k int, c *forms.Column, facts columnFacts) (sum, tolerance *big.Int, readable bool) {
	sum, tolerance = new(big.Int), new(big.Int)
	readable = true
	places, rows := -99, 0
	for i := range lines {
		cell := &lines[i].cells[k]
		if cell.Kind == sheet.Empty && !cell.NoValue || dashes[strings.ToLower(tidy(cell.Text))] {
			continue
		}
		n, dec, ok := amount(cell, c, facts)
		if !ok {
			readable = false
			continue
		}
		sum.Add(sum, n)
		places = max(places, dec)
		rows++
	}
	if c.Type == forms.Money && rows > 0 && amountScale-places > 0 {
		tolerance.Mul(pow10(amountScale-places), big.NewInt(int64(rows)))
		tolerance.Rsh(tolerance, 1)
	}
	return sum, tolerance, readable
}

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
