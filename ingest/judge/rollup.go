package judge

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/layout"
	"taizhang/ingest/read"
	"taizhang/ingest/secret"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
	"taizhang/internal/spelling"
)

// reconcile compares 累计 with the periods of the year that were received, this one included. A 累计 may be meant for the
// row's own subject (an enterprise, a programme in a street) or for everything: whichever fits is right.
func (jd *Judge) reconcile(ctx context.Context, h *History, pt *read.Part) error {
	if pt.Form.Mode != forms.Period || !slices.ContainsFunc(pt.Tables, func(t *layout.Table) bool { return t.HasRollups() }) {
		return nil
	}
	before, missing := jd.earlierInYear(h, pt)
	if len(missing) > 0 {
		pt.Add(finding.CumulativeUnchecked(missing).At(finding.Place{Sheet: pt.FirstSheet()}))
		return nil
	}
	s := yearSums{form: pt.Form, by: map[string]*big.Int{}}
	for _, p := range before {
		rows, err := h.rowsOf(ctx, pt.Form, p.ID)
		if err != nil {
			return err
		}
		s.add(rows)
	}
	s.add(rowsNow(pt))
	byLine := map[*layout.Line]oldRow{}
	now := rowsNow(pt)
	for i := range pt.Records {
		byLine[pt.Records[i].Line] = now[i]
	}
	said := 0
	for _, tb := range pt.Tables {
		for i := range tb.Lines {
			l := &tb.Lines[i]
			row, ok := byLine[l]
			for _, c := range l.Rolled() {
				if ok && said < namedRows && askRollup(pt, tb, l.Head, c, s.of(row.vals, c.K)) {
					said++
				}
			}
		}
		for i := range tb.Totals {
			t := &tb.Totals[i]
			for _, c := range t.Rolled {
				may := []*big.Int{s.total(c.K)}
				for _, lines := range [][]layout.Line{tb.Lines, tb.Lines[:t.Line]} { // of the rows shown
					may = append(may, sumRolled(pt, lines, c.K))
				}
				askRollup(pt, tb, t.Head, c, may)
			}
		}
	}
	return nil
}

// earlierInYear gives the returns of the year's earlier periods that count, and the periods of which none was received.
func (jd *Judge) earlierInYear(h *History, pt *read.Part) (have []*prior, missing []string) {
	year := pt.Ret.Period.Start.Year()
	first := calendar.NewDate(year, 1, 1)
	since := pt.Form.Frequency.Of(first)
	if since.Start < first {
		since = since.Next()
	}
	for p := since; p.Start < pt.Ret.Period.Start; p = p.Next() {
		if old := h.Newest(pt.Ret.Submitter, pt.Form.ID, p.String(), true); old != nil {
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
			whole = append(whole, spelling.Squash(text))
			if s.form.Columns[k].Type != forms.Code {
				plain = append(plain, spelling.Squash(text))
			}
			if len(first) == 0 {
				first = []string{spelling.Squash(text)}
			}
			break
		}
	}
	return []string{"1" + strings.Join(whole, read.KeySep), "2" + strings.Join(plain, read.KeySep), "3" + strings.Join(first, read.KeySep), "4"}
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
	d, err := written.ParseDecimal(text)
	if err != nil {
		return nil
	}
	n, _ := d.Rounded(cell.AmountScale)
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
func sumRolled(pt *read.Part, lines []layout.Line, k int) *big.Int {
	sum := new(big.Int)
	for i := range lines {
		for _, c := range lines[i].Rolled() {
			if c.K != k {
				continue
			}
			if n, _, ok := cell.Amount(&c.Cell, &pt.Form.Columns[k], rolledFacts(pt, lines[i].Head, k)); ok {
				sum.Add(sum, n)
			}
		}
	}
	return sum
}

// rolledFacts is what a 累计 cell is read by: its own heading's unit, else the unit of its field.
func rolledFacts(pt *read.Part, h *heading.Head, k int) cell.Facts {
	facts := pt.Facts[h][k]
	for _, p := range h.Rollups {
		if p.HasUnit && p.Field.Field == h.Form.Columns[k].Field {
			facts.Unit, facts.UnitKnown = p.Unit, true
		}
	}
	return facts
}

// askRollup warns where a 累计 is none of the sums it may be.
func askRollup(pt *read.Part, tb *layout.Table, h *heading.Head, c heading.Rolled, may []*big.Int) bool {
	col, facts := &pt.Form.Columns[c.K], rolledFacts(pt, h, c.K)
	claimed, shown, ok := cell.Amount(&c.Cell, col, facts)
	if !ok || len(may) == 0 {
		return false
	}
	for _, n := range may {
		if !cell.Differs(claimed, n, cell.Halves(shown, len(tb.Lines)+1, col)) {
			return false
		}
	}
	inUnit := func(n *big.Int) string { return cell.InUnit(n, col, facts) }
	pt.Add(finding.CumulativeMismatch(col.Title, inUnit(claimed), inUnit(may[0]), inUnit(new(big.Int).Sub(claimed, may[0]))).
		At(finding.Place{Sheet: tb.Grid.Name, Cell: c.Cell.Ref(), Row: c.Cell.Row, Field: col.Field, Value: written.Short(secret.MaskText(written.DateText(c.Cell)), 30)}))
	return true
}
