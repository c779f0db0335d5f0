package ingest

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/internal/calendar"
)

// rolled is a cell under a 累计 heading.
type rolled struct {
	k    int // column of the form
	cell sheet.Cell
}

// rolledUp takes the cells of a row that stand under 累计 headings.
func (h *header) rolledUp(row *sheet.Row) []rolled {
	var out []rolled
	for _, p := range h.rollups {
		k := slices.IndexFunc(h.form.Columns, func(c forms.Column) bool { return c.Field == p.field.Field })
		if c := cellIn(row, p.col); c != nil && filled(c) && (p.field.Type == forms.Money || p.field.Type == forms.Int) {
			out = append(out, rolled{k, *c})
		}
	}
	return out
}

// reconcile compares 累计 with the periods of the year that were received, this one included. A 累计 may be meant for the
// row's own subject (an enterprise, a programme in a street) or for everything: whichever fits is right.
func (in *Intake) reconcile(ctx context.Context, h *history, pt *part) error {
	if pt.form.Mode != forms.Period || !slices.ContainsFunc(pt.tables, func(t *table) bool { return t.hasRollups() }) {
		return nil
	}
	before, missing := in.earlierInYear(h, pt)
	if len(missing) > 0 {
		pt.add(finding.Finding{Severity: finding.Info, Rule: "cumulative_unchecked", Sheet: pt.firstSheet(),
			Message: fmt.Sprintf("累计数没有核对：%s的报表没有收到", strings.Join(missing, "、"))})
		return nil
	}
	s := yearSums{form: pt.form, by: map[string]*big.Int{}}
	for _, p := range before {
		rows, err := h.rowsOf(ctx, pt.form, p.id)
		if err != nil {
			return err
		}
		s.add(rows)
	}
	s.add(rowsNow(pt))
	byLine := map[*line]oldRow{}
	now := rowsNow(pt)
	for i := range pt.records {
		byLine[pt.records[i].line] = now[i]
	}
	said := 0
	for _, tb := range pt.tables {
		for i := range tb.lines {
			l := &tb.lines[i]
			row, ok := byLine[l]
			for _, c := range l.rolled {
				if ok && said < namedRows && in.askRollup(pt, tb, l.block, c, s.of(row.vals, c.k)) {
					said++
				}
			}
		}
		for i := range tb.totals {
			t := &tb.totals[i]
			for _, c := range t.rolled {
				may := []*big.Int{s.total(c.k)}
				for _, lines := range [][]line{tb.lines, tb.lines[:t.line]} { // of the rows shown
					may = append(may, sumRolled(tb, lines, c.k, pt.form))
				}
				in.askRollup(pt, tb, t.block, c, may)
			}
		}
	}
	return nil
}

func (t *table) hasRollups() bool {
	return slices.ContainsFunc(t.heads, func(h *header) bool { return len(h.rollups) > 0 })
}

// earlierInYear gives the returns of the year's earlier periods that count, and the periods of which none was received.
func (in *Intake) earlierInYear(h *history, pt *part) (have []*prior, missing []string) {
	year := pt.ret.Period.Start.Year()
	first := calendar.NewDate(year, 1, 1)
	since := pt.form.Frequency.Of(first)
	if since.Start < first {
		since = since.Next()
	}
	for p := since; p.Start < pt.ret.Period.Start; p = p.Next() {
		if old := h.newest(pt.ret.Submitter, pt.form.ID, p.String(), true); old != nil {
			have = append(have, old)
		} else if p.Kind == calendar.Month {
			missing = append(missing, fmt.Sprintf("%d月", p.Start.Month()))
		} else {
			missing = append(missing, p.String())
		}
	}
	return have, missing
}

// yearSums are the sums of the year so far: of everything, and of each subject that rows share.
type yearSums struct {
	form *forms.Form
	by   map[string]*big.Int
}

// subjects are the subjects that a row belongs to, the narrowest first: its key without the date; without codes, such as
// a 文号, too; its first part alone.
func (s *yearSums) subjects(vals []oldValue) []string {
	var whole, plain, first []string
	for _, part := range s.form.Key {
		for _, field := range part {
			k := slices.IndexFunc(s.form.Columns, func(c forms.Column) bool { return c.Field == field })
			text := vals[k].text + vals[k].hash
			if text == "" {
				continue
			}
			if field == s.form.OwnDate {
				break
			}
			whole = append(whole, squash(text))
			if s.form.Columns[k].Type != forms.Code {
				plain = append(plain, squash(text))
			}
			if len(first) == 0 {
				first = []string{squash(text)}
			}
			break
		}
	}
	return []string{"1" + strings.Join(whole, keySep), "2" + strings.Join(plain, keySep), "3" + strings.Join(first, keySep), "4"}
}

func (s *yearSums) add(rows []oldRow) {
	for i := range rows {
		for k := range s.form.Columns {
			c := &s.form.Columns[k]
			n := scaled(rows[i].vals[k].text, c)
			if n == nil {
				continue
			}
			for _, subject := range s.subjects(rows[i].vals) {
				key := c.Field + "\x00" + subject
				if s.by[key] == nil {
					s.by[key] = new(big.Int)
				}
				s.by[key].Add(s.by[key], n)
			}
		}
	}
}

// scaled reads a stored amount or count at amountScale.
func scaled(text string, c *forms.Column) *big.Int {
	if text == "" || c.Type != forms.Money && c.Type != forms.Int {
		return nil
	}
	d, err := parseDecimal(text)
	if err != nil {
		return nil
	}
	n, _ := d.rounded(amountScale)
	return n
}

// of gives what the 累计 of a row may be, the likeliest first.
func (s *yearSums) of(vals []oldValue, k int) []*big.Int {
	var out []*big.Int
	for _, subject := range s.subjects(vals) {
		if n := s.by[s.form.Columns[k].Field+"\x00"+subject]; n != nil {
			out = append(out, n)
		}
	}
	return out
}

func (s *yearSums) total(k int) *big.Int {
	if n := s.by[s.form.Columns[k].Field+"\x004"]; n != nil {
		return n
	}
	return new(big.Int)
}

// sumRolled adds up a 累计 column as written.
func sumRolled(tb *table, lines []line, k int, f *forms.Form) *big.Int {
	sum := new(big.Int)
	for i := range lines {
		for _, c := range lines[i].rolled {
			if c.k != k {
				continue
			}
			if n, _, ok := amount(&c.cell, &f.Columns[k], tb.rolledFacts(lines[i].block, k)); ok {
				sum.Add(sum, n)
			}
		}
	}
	return sum
}

// rolledFacts is what a 累计 cell is read by: its own heading's unit, else the unit of its field.
func (t *table) rolledFacts(block, k int) columnFacts {
	facts := t.facts[block][k]
	for _, p := range t.heads[block].rollups {
		if p.hasUnit && p.field.Field == t.heads[block].form.Columns[k].Field {
			facts.unit, facts.unitKnown = p.unit, true
		}
	}
	return facts
}

// askRollup warns where a 累计 is none of the sums it may be.
func (in *Intake) askRollup(pt *part, tb *table, block int, c rolled, may []*big.Int) bool {
	col, facts := &pt.form.Columns[c.k], tb.rolledFacts(block, c.k)
	claimed, shown, ok := amount(&c.cell, col, facts)
	if !ok || len(may) == 0 {
		return false
	}
	rounding := sums{tolerance: new(big.Int)}
	rounding.addHalf(shown, len(tb.lines)+1, col)
	for _, n := range may {
		if !differs(claimed, n, rounding.tolerance) {
			return false
		}
	}
	pt.add(finding.Finding{Severity: finding.Warning, Rule: "cumulative_mismatch", Sheet: tb.grid.Name, Cell: c.cell.Ref(), Row: c.cell.Row, Field: col.Field,
		Value: short(maskText(dateText(c.cell)), 30),
		Message: fmt.Sprintf("「%s」累计写的是 %s，今年各期已报的相加是 %s，相差 %s", col.Title, inUnit(claimed, col, facts), inUnit(may[0], col, facts),
			inUnit(new(big.Int).Sub(claimed, may[0]), col, facts)),
		Hint: "请核对本期数和累计数；以前的期有误的，请更正那一期的报表", Suggest: inUnit(may[0], col, facts)})
	return true
}
