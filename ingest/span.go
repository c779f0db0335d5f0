package ingest

import (
	"regexp"
	"strings"
	"time"

	"taizhang/internal/calendar"
)

// span is a stretch of time read from a text.
type span struct {
	period   calendar.Period // exact: a week or month named as such
	date     calendar.Date   // a bare date
	months   int             // of a stretch from … to …: the months it touches
	from, to calendar.Date
}

const rangeMark = `[-—–~～至到－]+`

var (
	isoWeek   = regexp.MustCompile(`(\d{4})-?[Ww](\d{1,2})(?:\D|$)`)
	bareWeek  = regexp.MustCompile(`(?:^|[^A-Za-z0-9])(?:[Ww]|[Ww]eek)(\d{1,2})(?:\D|$)`)
	weekOfM   = regexp.MustCompile(`(?:(\d{4})年)?(\d{1,2})月(?:份)?第(\d)周`)
	zhWeek    = regexp.MustCompile(`(?:(\d{4})年度?第?|第)(\d{1,2})周`)
	zhMonths  = regexp.MustCompile(`(?:^|[^\d])(?:(\d{4})年)?(\d{1,2})月?(?:份)?` + rangeMark + `(?:(\d{4})年)?(\d{1,2})月`)
	isoMonths = regexp.MustCompile(`(?:^|[^\d])(\d{4})[-./年](\d{1,2})月?[—–~～至到]+(?:(\d{4})[-./年])?(\d{1,2})(?:月|$|[^\d.\-/月])`)
	dateRange = regexp.MustCompile(`((?:\d{4}[-./年])?\d{1,2}[-./月]\d{1,2}日?)` + rangeMark + `((?:\d{4}[-./年])?\d{1,2}[-./月]\d{1,2}日?)`)
	dayRange  = regexp.MustCompile(`((?:\d{4}[-./年])?\d{1,2}[./月]\d{1,2}日?)` + rangeMark + `(\d{1,2})(?:日|$|[^\d.\-/月年周])`)
	eightTwo  = regexp.MustCompile(`(?:^|\D)(20\d{6})` + rangeMark + `(20\d{6}|\d{4})(?:\D|$)`)
	zhMonth   = regexp.MustCompile(`(?:(\d{4})(?:年度|年|[\-./]))(\d{1,2})(?:月|$|[^\d.\-/月])`)
	zhMonthY  = regexp.MustCompile(`(?:^|[^\d年.\-/])(\d{1,2})月(?:份|[^\d]|$)`)
	fullDate  = regexp.MustCompile(`\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?`)
	bareEight = regexp.MustCompile(`(?:^|\D)(20\d{6})(?:\D|$)`)
	bareSix   = regexp.MustCompile(`(?:^|\D)(20\d{2})(0[1-9]|1[0-2])(?:\D|$)`)
	shortDate = regexp.MustCompile(`\d{1,2}月\d{1,2}日?`)
	dotDate   = regexp.MustCompile(`(?:^|[^\d.A-Za-z])(\d{1,2}\.\d{1,2})(?:[^\d.]|$)`)
	cumulated = regexp.MustCompile(`累计|年初至今|年初以来`)
	halfYears = regexp.MustCompile(`上半年|下半年|[一二三四1234]季度|前[一二三四五六七八九十\d]+个?月|全年`)
)

// readSpan finds a period, a stretch or a bare date in a text; near gives the year where none is written: the newest
// such time that is not after it.
func readSpan(text string, near calendar.Date) (span, bool) {
	s := plain(text)
	s = zhDate.ReplaceAllStringFunc(s, func(z string) string { // 二〇二二年七月
		if n, ok := chineseInt(z); ok && (len([]rune(z)) == 4 || n < 60) {
			return itoa(n)
		}
		return z
	})
	s = strings.ReplaceAll(s, " ", "")
	if !strings.ContainsAny(s, "0123456789") {
		return span{}, false
	}
	week, named, ok := readWeek(s, near)
	if named && ok { // 2026年第48周（11月23日—29日): one statement, unless the days are another week's
		if sp, also := readStretch(s, week.period.End()); also && week.period.Start <= sp.from && sp.to <= week.period.End() {
			return week, true
		}
	}
	if sp, ok := readStretch(s, near); ok {
		return sp, true
	}
	if named {
		return week, ok
	}
	if sp, ok := readDay(s, near); ok {
		return sp, true
	}
	month := func(y, m int) (span, bool) {
		if m < 1 || m > 12 {
			return span{}, false
		}
		return span{period: calendar.MonthOf(calendar.NewDate(y, time.Month(m), 1)), date: calendar.NoDate}, true
	}
	if m := zhMonth.FindStringSubmatch(s); m != nil {
		if sp, ok := month(atoi(m[1]), atoi(m[2])); ok {
			return sp, true
		}
	}
	if m := zhMonthY.FindStringSubmatch(s); m != nil {
		y := near.Year()
		if atoi(m[1]) > int(near.Month()) {
			y--
		}
		if sp, ok := month(y, atoi(m[1])); ok {
			return sp, true
		}
	}
	if m := bareSix.FindStringSubmatch(s); m != nil {
		return month(atoi(m[1]), atoi(m[2]))
	}
	if m := dotDate.FindStringSubmatch(s); m != nil { // 8.15 in a file's name
		if w, ok := parseWritten(m[1]); ok {
			return span{date: w.nearest(near)}, true
		}
	}
	return span{}, false
}

// readStretch finds a time from … to ….
func readStretch(s string, near calendar.Date) (span, bool) {
	stretch := func(a, b wrote) (span, bool) {
		if b.year == 0 {
			b.year = a.year
		}
		to := b.date(b.year)
		if b.year == 0 {
			to = b.nearest(near)
		}
		if a.year == 0 {
			a.year = to.Year()
		}
		from := a.date(a.year)
		if from > to {
			from = a.date(a.year - 1)
		}
		return span{from: from, to: to, date: calendar.NoDate, months: monthsBetween(from, to)}, true
	}
	if m := dateRange.FindStringSubmatch(s); m != nil {
		a, okA := parseWritten(m[1])
		b, okB := parseWritten(m[2])
		if okA && okB && a.day > 0 && b.day > 0 {
			return stretch(a, b)
		}
	}
	if m := dayRange.FindStringSubmatch(s); m != nil { // 8月8日—14日
		a, ok := parseWritten(m[1])
		b := wrote{year: a.year, month: a.month, day: atoi(m[2])}
		if ok && a.day > 0 && b.possible() && b.day > a.day {
			return stretch(a, b)
		}
	}
	if m := eightTwo.FindStringSubmatch(s); m != nil {
		if len(m[2]) == 4 {
			m[2] = m[1][:4] + m[2]
		}
		a, okA := parseWritten(m[1])
		b, okB := parseWritten(m[2])
		if okA && okB {
			return stretch(a, b)
		}
	}
	for _, re := range []*regexp.Regexp{zhMonths, isoMonths} {
		m := re.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		a, b, ya, yb := atoi(m[2]), atoi(m[4]), atoi(m[1]), atoi(m[3])
		if a < 1 || a > 12 || b < 1 || b > 12 || a >= b && yb == 0 {
			continue
		}
		switch {
		case yb == 0 && ya > 0:
			yb = ya
		case yb == 0 && b > int(near.Month()):
			yb = near.Year() - 1
		case yb == 0:
			yb = near.Year()
		}
		if ya == 0 {
			ya = yb
		}
		from, to := calendar.NewDate(ya, time.Month(a), 1), calendar.NewDate(yb, time.Month(b+1), 0)
		if from < to {
			return span{from: from, to: to, months: monthsBetween(from, to), date: calendar.NoDate}, true
		}
	}
	return span{}, false
}

// readWeek finds a week; named says that the text names one, ok that it can be told which.
func readWeek(s string, near calendar.Date) (sp span, named, ok bool) {
	week := func(y, w int) (span, bool, bool) {
		p, err := calendar.ParsePeriod(itoa4(y) + "-W" + two(w))
		return span{period: p, date: calendar.NoDate}, true, err == nil
	}
	newest := func(w int) (span, bool, bool) { // the newest such week that has begun
		y, _ := near.ISOWeek()
		sp, _, ok := week(y, w)
		if !ok || sp.period.Start > near {
			if before, _, okB := week(y-1, w); okB {
				return before, true, true
			}
		}
		return sp, true, ok
	}
	if m := isoWeek.FindStringSubmatch(s); m != nil {
		return week(atoi(m[1]), atoi(m[2]))
	}
	if m := weekOfM.FindStringSubmatch(s); m != nil {
		// 8月第2周 counts from the week that holds the 1st, or from the first Monday: told only where both agree.
		y := atoi(m[1])
		if y == 0 {
			if y = near.Year(); atoi(m[2]) > int(near.Month()) {
				y--
			}
		}
		if atoi(m[2]) < 1 || atoi(m[2]) > 12 {
			return span{}, true, false
		}
		first := calendar.WeekOf(calendar.NewDate(y, time.Month(atoi(m[2])), 1))
		if first.Start.Day() != 1 {
			return span{}, true, false
		}
		return span{period: calendar.WeekOf(first.Start + calendar.Date(7*(atoi(m[3])-1))), date: calendar.NoDate}, true, true
	}
	if m := zhWeek.FindStringSubmatch(s); m != nil {
		if m[1] == "" {
			return newest(atoi(m[2]))
		}
		return week(atoi(m[1]), atoi(m[2]))
	}
	if m := bareWeek.FindStringSubmatch(s); m != nil {
		return newest(atoi(m[1]))
	}
	return span{}, false, false
}

// readDay finds a bare date.
func readDay(s string, near calendar.Date) (span, bool) {
	if m := fullDate.FindString(s); m != "" {
		if w, ok := parseWritten(m); ok && w.day > 0 {
			return span{date: w.date(w.year)}, true
		}
	}
	if m := bareEight.FindStringSubmatch(s); m != nil {
		if w, ok := parseWritten(m[1]); ok {
			return span{date: w.date(w.year)}, true
		}
	}
	if m := shortDate.FindString(s); m != "" {
		if w, ok := parseWritten(m); ok {
			return span{date: w.nearest(near)}, true
		}
	}
	return span{}, false
}

// nearest gives the newest such day that is not much after near: 截至 may lie some weeks ahead.
func (w wrote) nearest(near calendar.Date) calendar.Date {
	if w.year > 0 {
		return w.date(w.year)
	}
	d := w.date(near.Year())
	if d > near+45 {
		d = w.date(near.Year() - 1)
	}
	return d
}

func monthsBetween(a, b calendar.Date) int {
	return (b.Year()-a.Year())*12 + int(b.Month()) - int(a.Month()) + 1
}

func two(n int) string {
	if n < 10 {
		return "0" + itoa(n)
	}
	return itoa(n)
}

func itoa4(n int) string {
	s := itoa(n)
	for len(s) < 4 {
		s = "0" + s
	}
	return s
}
