package read

import (
	"fmt"

	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// A text that names a time and writes its days out as well (第48周（11月16日—22日）) makes two statements. Where they disagree the
// days are believed, as they were copied from nowhere; unless most rows lie in the time that is named.

// sayNamed notes what a statement's text names beside its days, where that is another time.
func (r *periodReader) sayNamed(s Statement) {
	for _, n := range written.NamedBeside(s.At.Text, r.received) {
		apart := n.To < s.Period.Start || n.From > s.Period.End()
		if n.Period.Valid() && n.Period.Kind == s.Period.Kind {
			apart = n.Period != s.Period
		}
		if !apart {
			continue
		}
		o := Statement{What: s.What, At: s.At, day: calendar.NoDate, until: calendar.NoDate, named: n.Words}
		if n.Period.Valid() && n.Period.Kind == s.Period.Kind {
			o.Period = n.Period
			o.words = fmt.Sprintf("其中写的%s是%s至%s", n.Words, n.From, n.To)
			r.said = append(r.said, o)
			continue
		}
		o.wide, o.words = [2]calendar.Date{n.From, n.To}, fmt.Sprintf("其中写的%s是%s至%s", n.Words, n.From, n.To)
		r.wide = append(r.wide, o)
	}
}

// preferNamed puts the name before the days where both are the first thing said and most rows lie in the time that is named.
func (r *periodReader) preferNamed() {
	if len(r.said) < 2 || r.said[1].named == "" || !r.said[1].Period.Valid() || r.said[0].At != r.said[1].At {
		return
	}
	if rows, ok := r.rowsSay(r.said[0].Period, r.bound(r.said[0].Period)); ok && rows.Period == r.said[1].Period {
		r.said[0], r.said[1] = r.said[1], r.said[0]
		r.said[0].words, r.said[1].words = "", "后面写的日期在"+written.PeriodLabel(r.said[1].Period)
	}
}

// remedyNamed says how to mend one text that says two things.
func (d *Disagreement) remedyNamed(other Statement) string {
	if d.Decided.named != "" {
		return fmt.Sprintf("请改正%s里的日期；日期无误的，请改正%s", d.Decided.where(), d.Decided.named)
	}
	return fmt.Sprintf("请改正%s里的%s；%s无误的，请改正后面的日期", other.where(), other.named, other.named)
}
