package read

import (
	"fmt"
	"slices"

	"taizhang/ingest/around"
	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// What the rows say of a return's period.

// rowsSay gives what the rows say of the period. Those of a period form say where most of them are dated; those of a ledger
// only that it is later than the period named, by a fact (交办, 办结) after its end.
func (r *periodReader) rowsSay(named calendar.Period, bound calendar.Date) (Statement, bool) {
	if r.pt.Form.Mode == forms.Period {
		return r.mostRows(named)
	}
	return r.latestFact(bound)
}

// bound is the last day that facts of a ledger may be of without naming a later period: the period's end, or the 截至 that
// goes with it.
func (r *periodReader) bound(named calendar.Period) calendar.Date {
	last := named.End()
	for _, s := range r.said {
		if s.until.Valid() && !s.contradicts(named) {
			last = max(last, s.until)
		}
	}
	return last
}

// mostRows is the period in which most rows are dated. What goes on in the period named is of it: 2026年5月至10月 in October.
func (r *periodReader) mostRows(named calendar.Period) (Statement, bool) {
	k := r.pt.Form.Index(r.pt.Form.OwnDate)
	votes, dated := map[calendar.Period]int{}, 0
	var best calendar.Period
	for _, tb := range r.pt.Tables {
		unsure := k >= 0 && tenths(tb, k)
		for i := range tb.Lines {
			if unsure {
				if c := tb.Lines[i].Cell(k); written.TenthText(written.Plain(c.Text)) { // dated, in January or October
					dated++
					continue
				}
			}
			d, ok := r.dateIn(&tb.Lines[i], k)
			if !ok {
				if k >= 0 && tb.Lines[i].At[k].Col == 0 && tb.Carries(&r.pt.Form.Columns[k]) { // above the first section: of the period
					dated++
				}
				continue
			}
			dated++
			p := r.pt.Form.Frequency.Of(d)
			if named.Valid() && d < named.Start && r.goesOn(&tb.Lines[i], d) >= named.Start {
				p = named
			}
			if votes[p]++; votes[p] > votes[best] || !best.Valid() {
				best = p
			}
		}
	}
	if votes[best]*2 <= dated {
		return Statement{}, false
	}
	share := fmt.Sprintf("%d行中%d行", dated, votes[best])
	if votes[best] == dated {
		share = fmt.Sprintf("全部%d行", dated)
	}
	text := fmt.Sprintf("%s的「%s」在%s", share, r.pt.Form.Columns[k].Title, written.PeriodLabel(best))
	return Statement{What: r.pt.Form.Columns[k].Title, Period: best, At: around.Said{Text: text}, day: calendar.NoDate, until: calendar.NoDate, rows: true}, true
}

// allIn says whether there are dated rows, and all of them are dated in a period.
func (r *periodReader) allIn(p calendar.Period) bool {
	k := r.pt.Form.Index(r.pt.Form.OwnDate)
	dated := false
	for _, tb := range r.pt.Tables {
		for i := range tb.Lines {
			d, ok := r.dateIn(&tb.Lines[i], k)
			if ok && !p.Contains(d) {
				return false
			}
			dated = dated || ok
		}
	}
	return dated
}

// lastMonth is the column that says until when the items of a form go on; -1 where it has none.
func lastMonth(f *forms.Form) int {
	return slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Type == forms.Month && c.Role == forms.Deadline })
}

// goesOn is the last month of what a line says began on a day; NoDate where it says nothing of it.
func (r *periodReader) goesOn(l *layout.Line, from calendar.Date) calendar.Date {
	k := lastMonth(r.pt.Form)
	if k < 0 {
		return calendar.NoDate
	}
	w, ok := wroteIn(l, k)
	switch {
	case !ok || w.Tenth:
		return calendar.NoDate
	case w.Year > 0:
		return w.Date(w.Year)
	}
	if to := w.Date(from.Year()); to >= from {
		return to
	}
	return w.Date(from.Year() + 1)
}

func (r *periodReader) latestFact(bound calendar.Date) (Statement, bool) {
	latest := calendar.NoDate
	var text string
	for k := range r.pt.Form.Columns {
		c := &r.pt.Form.Columns[k]
		if c.Role != forms.Fact || c.Type != forms.Date && c.Type != forms.Month {
			continue
		}
		for _, tb := range r.pt.Tables {
			for i := range tb.Lines {
				l := &tb.Lines[i]
				d, ok := r.dateIn(l, k)
				if !ok || d <= bound || d > r.received || latest.Valid() && d <= latest {
					continue // a day that hasn't come yet is a slip in its own cell
				}
				latest = d
				text = fmt.Sprintf("第%d行的「%s」是%s，在%s", l.N, c.Title, d, written.PeriodLabel(r.pt.Form.Frequency.Of(d)))
			}
		}
	}
	if !latest.Valid() {
		return Statement{}, false
	}
	return Statement{What: "各行日期", Period: r.pt.Form.Frequency.Of(latest), At: around.Said{Text: text}, day: calendar.NoDate, until: calendar.NoDate, rows: true}, true
}

// dateIn reads a cell of a line as a date. One without a year is the newest such day that had come.
func (r *periodReader) dateIn(l *layout.Line, k int) (calendar.Date, bool) {
	if k < 0 {
		return calendar.NoDate, false
	}
	w, ok := r.wrote.in(l, k)
	if !ok || w.Tenth { // 2022.1 is January or October
		return calendar.NoDate, false
	}
	if w.Year > 0 {
		return w.Date(w.Year), true
	}
	return r.newest(w), true
}

// newest gives a day without a year the newest year in which it had come when the return did.
func (r *periodReader) newest(w written.Wrote) calendar.Date {
	if day := w.Date(r.received.Year()); day <= r.received {
		return day
	}
	return w.Date(r.received.Year() - 1)
}

// wroteIn reads a cell of a line as a date, a month (of which the first day is meant), the number of a month, or the first day
// of a stretch; without a year where none is written.
func wroteIn(l *layout.Line, k int) (written.Wrote, bool) {
	c := l.Cell(k)
	w, _, ok := written.CellDate(c)
	if !ok {
		w, ok = cell.LooseDate(c, &l.Head.Form.Columns[k])
	}
	if w.Day == 0 {
		w.Day = 1
	}
	return w, ok
}

// Copied says that rows by which a return seemed to be of another period stand in that period's return already: to leave them out
// is the remedy that comes first, at the first of them.
func (pt *Part) Copied(of calendar.Period, rows int, whose string, at finding.Place) {
	if pt.Disagrees == nil || !slices.ContainsFunc(pt.Disagrees.Others, func(s Statement) bool { return s.rows && s.Period == of }) {
		return
	}
	for i := range pt.Ret.Findings {
		if f := &pt.Ret.Findings[i]; f.Rule == finding.PeriodDiffersRule {
			*f = f.InsteadOf(rows, whose).At(at)
			return
		}
	}
}
