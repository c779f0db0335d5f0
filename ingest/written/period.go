package written

import "taizhang/internal/calendar"

// ReadPeriod reads a period as offices write it: 2026-10, 2026年10月, 10月, 2026年第47周（11月16日—22日), W47, 11月16日—22日.
// Without a year it is the one that lies nearest to a day. A single date names no period.
func ReadPeriod(text string, kind calendar.PeriodKind, day calendar.Date) (calendar.Period, bool) {
	var best calendar.Period
	away := func(p calendar.Period) calendar.Date { return max(p.Start-day, day-p.End()) }
	for _, near := range []calendar.Date{day, day + 183} {
		sp, ok := ReadSpan(text, near)
		p := sp.Period
		if ok && !p.Valid() && sp.To > sp.From && sp.Months > 0 {
			if p = kind.Of(sp.From); p.Start != sp.From || p.End() != sp.To {
				continue
			}
		}
		if ok && p.Valid() && p.Kind == kind && (!best.Valid() || away(p) < away(best)) {
			best = p
		}
	}
	return best, best.Valid()
}
