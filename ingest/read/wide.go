package read

import (
	"taizhang/ingest/around"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// A longer time than the form's periods (三季度 above a weekly ledger, 8月 too, or 8月第2周, which may be either of two weeks) doesn't tell the period, but what it says still
// holds: the period must lie in it.

func (s Statement) isWide() bool { return s.wide[0] < s.wide[1] }

// sayWide notes a text that names a longer time than a week on a weekly form.
func (r *periodReader) sayWide(what string, at around.Said) {
	if r.pt.Form.Frequency != calendar.Week || what == "标题" && len([]rune(at.Text)) > quarterLength && r.rd.Vocab.Titled(at.Text) != r.pt.Form {
		return
	}
	sp, ok := written.ReadSpan(at.Text, r.received)
	if !ok {
		sp, ok = written.Quarter(at.Text, r.received)
	}
	s := Statement{What: what, At: at, day: calendar.NoDate, until: calendar.NoDate}
	from, to, either := written.WeekOfMonth(at.Text, r.received)
	switch {
	case either:
		s.wide = [2]calendar.Date{from, to}
	case ok && sp.Period.Valid() && sp.Period.Kind == calendar.Month:
		s.wide = [2]calendar.Date{sp.Period.Start, sp.Period.End()}
	case ok && sp.Months > 0 && sp.To-sp.From > 10:
		s.wide = [2]calendar.Date{sp.From, sp.To}
	default:
		return
	}
	for _, w := range r.wide {
		if w.At == at {
			return
		}
	}
	r.wide = append(r.wide, s)
}

// againstWide holds a period that no statement named, but by says, against those that name a longer time.
func (r *periodReader) againstWide(p calendar.Period, by string) {
	d := &Disagreement{Decided: Statement{What: by, Period: p, words: "按" + by + "是" + written.PeriodLabel(p), day: calendar.NoDate, until: calendar.NoDate}, Likely: p}
	for _, w := range r.wide {
		if w.contradicts(p) {
			d.Others = append(d.Others, w)
		}
	}
	if len(d.Others) > 0 {
		d.Mend, r.pt.Disagrees = d.Others[0], d
	}
}
