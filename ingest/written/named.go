package written

import "taizhang/internal/calendar"

// Named is a time that a text calls by its name, beside the days that it also writes out: 第48周（11月16日—22日).
type Named struct {
	Words    string
	Period   calendar.Period // a week or month; invalid of a quarter
	From, To calendar.Date
}

// namedSigns are the letters of which each name of a time needs one.
var namedSigns = NewLetters("周月季WwQqＷｗＱｑ")

// NamedBeside gives the week, month and quarter that a text names beside a stretch of days or months; none where it has no
// stretch. near gives the year where none is written.
func NamedBeside(text string, near calendar.Date) (all []Named) {
	if !namedSigns.In(text) {
		return nil
	}
	s := withDigits(text)
	sp, ok := ReadStretch(s, near)
	if !ok {
		return nil
	}
	rest, days := withoutStretch(s)
	for _, near := range []calendar.Date{sp.To, sp.To + 183} { // the name has no year: of the nearest
		n, ok := nameIn(rest, days, near)
		if ok && n.Period.Kind == calendar.Week && n.away(sp) > 0 && countedFromNewYear(n.Period, sp) {
			all = nil
			break
		}
		if ok && (len(all) == 0 || n.away(sp) < all[0].away(sp)) {
			all = []Named{n}
		}
	}
	if q, ok := firstWay([]spanWay{{"", quarterOfYear}, {"", quarterWithQ}}, rest, sp.To); ok {
		all = append(all, Named{Words: "季度", From: q.From, To: q.To})
	}
	return all
}

// countedFromNewYear says whether the days are the week of that number where the week that holds 1 January is the first of its year,
// from Monday or from Sunday on, as many wall calendars have it: in 2027 and 2028 that is another than by GB/T 7408 (ISO 8601), where
// the first week holds the first Thursday.
func countedFromNewYear(named calendar.Period, sp span) bool {
	_, number := named.Start.ISOWeek()
	for _, year := range []int{sp.From.Year(), sp.To.Year()} {
		newYear := calendar.NewDate(year, 1, 1)
		for _, before := range []calendar.Date{calendar.Date(newYear.Weekday()+6) % 7, calendar.Date(newYear.Weekday())} { // days of its week before it
			first := newYear - before
			if sp.From >= first && sp.To-sp.From < 7 && int(sp.From-first)/7+1 == number {
				return true
			}
		}
	}
	return false
}

// nameIn is the week, else the month, that a text names.
func nameIn(s string, days bool, near calendar.Date) (n Named, ok bool) {
	if week, named, sure := readWeek(s, near); named {
		if n = (Named{Words: weekWords(s), Period: week.Period, From: week.Period.Start, To: week.Period.End()}); !sure {
			n.Period = calendar.Period{}
			n.From, n.To, sure = WeekOfMonth(s, near)
		}
		return n, sure
	}
	m, ok := firstWay(pointWays[1:3], s, near)
	return Named{PeriodLabel(m.Period), m.Period, m.Period.Start, m.Period.End()}, ok && days
}

// away is how far a name lies from the days beside it.
func (n Named) away(sp span) calendar.Date { return max(n.From-sp.To, sp.From-n.To) }

// weekWords is how a text names a week.
func weekWords(s string) string {
	if m := zhWeek().FindString(s); m != "" {
		return m
	}
	if m := weekOfM().FindString(s); m != "" {
		return m
	}
	return "周次"
}

// withoutStretch takes the stretch of time out of a text; days says whether it is of days.
func withoutStretch(s string) (rest string, days bool) {
	for i, re := range stretchPatterns() {
		if at := re.FindStringIndex(s); at != nil {
			return s[:at[0]] + "|" + s[at[1]:], i < 3
		}
	}
	return s, false
}

// reportingMonth is the month that a text names beside the days that an office reckons to it: 2026年11月（10月26日—11月25日).
func reportingMonth(s string, sp span) (span, bool) {
	if sp.Months != 2 || sp.To-sp.From < 24 || sp.To-sp.From > 35 {
		return span{}, false
	}
	rest, days := withoutStretch(s)
	m, ok := firstWay(pointWays[1:3], rest, sp.To)
	if !ok || !days {
		return span{}, false
	}
	inside := min(sp.To, m.Period.End()) - max(sp.From, m.Period.Start) + 1
	return m, m.Period.Contains(sp.To) && inside >= 10 || inside*2 > sp.To-sp.From
}
