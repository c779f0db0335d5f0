package written

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"taizhang/internal/calendar"
)

// span is a stretch of time read from a text.
type span struct {
	Period   calendar.Period // exact: a week or month named as such
	Date     calendar.Date   // a bare date
	Months   int             // of a stretch from … to …: the months it touches
	From, To calendar.Date
}

const rangeMark = `[-—–~～至到－]+`

var (
	isoWeek  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(\d{4})-?[Ww](\d{1,2})(?:\D|$)`) })
	bareWeek = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|[^A-Za-z0-9])(?:[Ww]|[Ww]eek)(\d{1,2})(?:\D|$)`)
	})
	weekOfM = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:(\d{4})年)?(\d{1,2})月(?:份)?第(\d)周`) })
	zhWeek  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:(\d{4})年度?第?|第)(\d{1,2})周`) })
	nthWeek = sync.OnceValue(func() *regexp.Regexp { // 47周, as sheets and files are called
		return regexp.MustCompile(`(?:^|[^\d.月近前后共每隔-])(\d{1,2})周[)）]?$`)
	})
	zhMonths = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|[^\d])(?:(\d{4})年)?(\d{1,2})月?(?:份)?` + rangeMark + `(?:(\d{4})年)?(\d{1,2})月`)
	})
	isoMonths = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|[^\d])(\d{4})[-./年](\d{1,2})月?[—–~～至到]+(?:(\d{4})[-./年])?(\d{1,2})(?:月|$|[^\d.\-/月季])`)
	})
	dateRange = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`((?:\d{4}[-./年])?\d{1,2}[-./月]\d{1,2}日?)` + rangeMark + `((?:\d{4}[-./年])?\d{1,2}[-./月]\d{1,2}日?)`)
	})
	dayRange = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`((?:\d{4}[-./年])?\d{1,2}[./月]\d{1,2}日?)` + rangeMark + `(\d{1,2})(?:日|$|[^\d.\-/月年周])`)
	})
	eightTwo = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|\D)(20\d{6})` + rangeMark + `(20\d{6}|\d{4})(?:\D|$)`)
	})
	zhMonth = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:(\d{4})(?:年度|年|[\-./]))(\d{1,2})(?:月|$|[^\d.\-/月季期批次轮号个件])`)
	})
	zhMonthY  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|[^\d年.\-/])(\d{1,2})月(?:份|[^\d]|$)`) })
	fullDate  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?`) })
	bareEight = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|\D)(20\d{6})(?:\D|$)`) })
	bareSix   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|\D)(20\d{2})(0[1-9]|1[0-2])(?:\D|$)`) })
	shortDate = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\d{1,2}月\d{1,2}日?`) })
	DotDate   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|[^\d.A-Za-z])(\d{1,2}\.\d{1,2})(?:[^\d.]|$)`) })
	Cumulated = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`累计|年初至今|年初以来`) })
	HalfYears = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`上半年|下半年|[一二三四首1234]个?季(度|末|报|$|[^\p{Han}])|(^|[^A-Za-z0-9]|\d{4})[Qq][1-4]([^A-Za-z0-9]|$)|前[一二三四五六七八九十\d]+个?月|全年`)
	})
)

// Exceeds says whether a span is longer than one period of a kind; a week written by its days may run on for some.
func (s span) Exceeds(kind calendar.PeriodKind) bool {
	if kind == calendar.Week {
		return s.Months > 0 && s.To-s.From > 10
	}
	return s.Months >= 2
}

// ReadSpan finds a period, a stretch or a bare date in a text; near gives the year where none is written: the newest
// such time that is not after it.
func ReadSpan(text string, near calendar.Date) (span, bool) {
	k := knownSpans.Get(near.String()+" "+text, func(string) (k spanSaid) {
		k.span, k.ok = readSpan(text, near)
		return k
	})
	return k.span, k.ok
}

type spanSaid struct {
	span span
	ok   bool
}

var knownSpans Memo[spanSaid] // a title is asked several times; by what is near, a blank, the text

func readSpan(text string, near calendar.Date) (span, bool) {
	if w, ok := EnglishMonth(strings.TrimSpace(Plain(text))); ok {
		return spanOfMonth(w.Year, w.Month)
	}
	s := withDigits(text)
	if !strings.ContainsAny(s, "0123456789") {
		return span{}, false
	}
	week, named, ok := readWeek(s, near)
	if named && ok { // 2026年第48周（11月23日—29日): one statement, unless the days are another week's
		if sp, also := ReadStretch(s, week.Period.End()); also && week.Period.Start <= sp.From && sp.To <= week.Period.End() {
			return week, true
		}
	}
	if sp, ok := ReadStretch(s, near); ok {
		if m, also := reportingMonth(s, sp); also {
			return m, true
		}
		return sp, true
	}
	if named {
		return week, ok
	}
	_, listed := monthsListed(s, near)
	if _, quarters := betweenQuarters(s, near); listed || quarters { // see Quarter
		return span{}, false
	}
	return firstWay(pointWays, s, near)
}

// withDigits is a text with its Chinese numerals as digits (二〇二二年七月), without spaces.
func withDigits(text string) string {
	s := zhDate().ReplaceAllStringFunc(nilReport().ReplaceAllString(Plain(strings.Clone(text)), ""), func(z string) string {
		if n, ok := ChineseInt(z); ok && (len([]rune(z)) == 4 || n < 60) {
			return itoa(n)
		}
		return z
	})
	return strings.ReplaceAll(s, " ", "")
}

// nilReport is no part of a date: 10月零报告.
var nilReport = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[零0](报告|报送|申报)`) })

// spanWay is one way in which a time is written. The first way that finds one decides.
type spanWay struct {
	like string // an example: see TestSpanWays
	find func(s string, near calendar.Date) (span, bool)
}

func firstWay(ways []spanWay, s string, near calendar.Date) (span, bool) {
	for _, way := range ways {
		if sp, ok := way.find(s, near); ok {
			return sp, true
		}
	}
	return span{}, false
}

// pointWays are the ways to write a day or a month.
var pointWays = []spanWay{
	{"2022年8月15日", readDay},
	{"2022年8月", monthOfYear},
	{"8月份", monthAlone},
	{"202208", sixDigitMonth},
	{"问题台账 8.15", dottedDay},
}

func spanOfMonth(year, month int) (span, bool) {
	if month < 1 || month > 12 {
		return span{}, false
	}
	return span{Period: calendar.MonthOf(calendar.NewDate(year, time.Month(month), 1)), Date: calendar.NoDate}, true
}

func monthOfYear(s string, _ calendar.Date) (span, bool) {
	if m := zhMonth().FindStringSubmatch(s); m != nil {
		return spanOfMonth(Atoi(m[1]), Atoi(m[2]))
	}
	return span{}, false
}

func monthAlone(s string, near calendar.Date) (span, bool) {
	m := zhMonthY().FindStringSubmatch(s)
	if m == nil {
		return span{}, false
	}
	year := near.Year()
	if Atoi(m[1]) > int(near.Month()) {
		year--
	}
	return spanOfMonth(year, Atoi(m[1]))
}

func sixDigitMonth(s string, _ calendar.Date) (span, bool) {
	if m := bareSix().FindStringSubmatch(s); m != nil {
		return spanOfMonth(Atoi(m[1]), Atoi(m[2]))
	}
	return span{}, false
}

// dottedDay finds 8.15 in a file's name.
func dottedDay(s string, near calendar.Date) (span, bool) {
	if m := DotDate().FindStringSubmatch(s); m != nil {
		if w, ok := ParseWritten(m[1]); ok {
			return span{Date: w.Nearest(near)}, true
		}
	}
	return span{}, false
}

// ReadStretch finds a time from … to ….
func ReadStretch(s string, near calendar.Date) (span, bool) { return firstWay(stretchWays, s, near) }

// stretchWays are the ways to write a time from … to ….
var stretchWays = []spanWay{
	{"2022年8月8日至8月14日", betweenDates},
	{"8月8日—14日", betweenDays},
	{"20220808-0814", betweenEights},
	{"2022年1—8月", func(s string, near calendar.Date) (span, bool) { return betweenMonths(zhMonths(), s, near) }},
	{"2022-01至2022-08", func(s string, near calendar.Date) (span, bool) { return betweenMonths(isoMonths(), s, near) }},
}

// stretchPatterns are how they are written, in the same order: the first three from day to day, the others from month to month.
var stretchPatterns = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{dateRange(), dayRange(), eightTwo(), zhMonths(), isoMonths()}
})

// stretch is the time from one day to another, the years filled in where they are not written.
func stretch(a, b Wrote, near calendar.Date) span {
	if b.Year == 0 {
		b.Year = a.Year
	}
	to := b.Date(b.Year)
	if b.Year == 0 {
		to = b.Nearest(near)
	}
	if a.Year == 0 {
		a.Year = to.Year()
	}
	from := a.Date(a.Year)
	if from > to {
		from = a.Date(a.Year - 1)
	}
	return span{From: from, To: to, Date: calendar.NoDate, Months: monthsBetween(from, to)}
}

func betweenDates(s string, near calendar.Date) (span, bool) {
	m := dateRange().FindStringSubmatch(s)
	if m == nil {
		return span{}, false
	}
	a, okA := ParseWritten(m[1])
	b, okB := ParseWritten(m[2])
	if !okA || !okB || a.Day <= 0 || b.Day <= 0 {
		return span{}, false
	}
	return stretch(a, b, near), true
}

func betweenDays(s string, near calendar.Date) (span, bool) {
	m := dayRange().FindStringSubmatch(s)
	if m == nil {
		return span{}, false
	}
	a, ok := ParseWritten(m[1])
	b := Wrote{Year: a.Year, Month: a.Month, Day: Atoi(m[2])}
	if !ok || a.Day <= 0 || !b.possible() || b.Day <= a.Day {
		return span{}, false
	}
	return stretch(a, b, near), true
}

func betweenEights(s string, near calendar.Date) (span, bool) {
	m := eightTwo().FindStringSubmatch(s)
	if m == nil {
		return span{}, false
	}
	if len(m[2]) == 4 {
		m[2] = m[1][:4] + m[2]
	}
	a, okA := ParseWritten(m[1])
	b, okB := ParseWritten(m[2])
	if !okA || !okB {
		return span{}, false
	}
	return stretch(a, b, near), true
}

// betweenMonths reads year, month, year, month as re finds them; a year that isn't written is the other's, or the newest
// in which the months are not after near.
func betweenMonths(re *regexp.Regexp, s string, near calendar.Date) (span, bool) {
	m := re.FindStringSubmatch(s)
	if m == nil {
		return span{}, false
	}
	first, last, firstYear, lastYear := Atoi(m[2]), Atoi(m[4]), Atoi(m[1]), Atoi(m[3])
	if first < 1 || first > 12 || last < 1 || last > 12 || first >= last && lastYear == 0 {
		return span{}, false
	}
	switch {
	case lastYear == 0 && firstYear > 0:
		lastYear = firstYear
	case lastYear == 0 && last > int(near.Month()):
		lastYear = near.Year() - 1
	case lastYear == 0:
		lastYear = near.Year()
	}
	if firstYear == 0 {
		firstYear = lastYear
	}
	from, to := calendar.NewDate(firstYear, time.Month(first), 1), calendar.NewDate(lastYear, time.Month(last+1), 0)
	if from >= to {
		return span{}, false
	}
	return span{From: from, To: to, Months: monthsBetween(from, to), Date: calendar.NoDate}, true
}

// readWeek finds a week; named says that the text names one, ok that it can be told which.
func readWeek(s string, near calendar.Date) (sp span, named, ok bool) {
	week := func(y, w int) (span, bool, bool) {
		p, err := calendar.ParsePeriod(itoa4(y) + "-W" + two(w))
		return span{Period: p, Date: calendar.NoDate}, true, err == nil
	}
	newest := func(w int) (span, bool, bool) { // the newest such week that has begun
		y, _ := near.ISOWeek()
		sp, _, ok := week(y, w)
		if !ok || sp.Period.Start > near {
			if before, _, okB := week(y-1, w); okB {
				return before, true, true
			}
		}
		return sp, true, ok
	}
	if m := isoWeek().FindStringSubmatch(s); m != nil {
		return week(Atoi(m[1]), Atoi(m[2]))
	}
	if early, late, ok := weekOfMonth(s, near); ok {
		return span{Period: late, Date: calendar.NoDate}, true, early == late
	}
	if m := zhWeek().FindStringSubmatch(s); m != nil {
		if m[1] == "" {
			return newest(Atoi(m[2]))
		}
		return week(Atoi(m[1]), Atoi(m[2]))
	}
	if m := nthWeek().FindStringSubmatch(s); m != nil && Atoi(m[1]) >= 1 && Atoi(m[1]) <= 53 {
		return newest(Atoi(m[1]))
	}
	if m := bareWeek().FindStringSubmatch(s); m != nil {
		return newest(Atoi(m[1]))
	}
	return span{}, false, false
}

// weekOfMonth finds a week that is counted within its month: 8月第2周. It counts from the week that holds the 1st, or from the
// first Monday; where the two agree, it can be told which it is.
func weekOfMonth(s string, near calendar.Date) (early, late calendar.Period, ok bool) {
	m := weekOfM().FindStringSubmatch(s)
	if m == nil {
		return early, late, false
	}
	year, month, n := Atoi(m[1]), Atoi(m[2]), Atoi(m[3])
	if month < 1 || month > 12 || n < 1 || n > 6 {
		return calendar.Period{}, calendar.Period{Kind: calendar.Week, Start: calendar.NoDate}, true
	}
	if year == 0 {
		if year = near.Year(); month > int(near.Month()) {
			year--
		}
	}
	first := calendar.WeekOf(calendar.NewDate(year, time.Month(month), 1))
	early = calendar.WeekOf(first.Start + calendar.Date(7*(n-1)))
	if late = early; first.Start.Day() != 1 {
		late = early.Next()
	}
	return early, late, true
}

// WeekOfMonth gives the first and last day of the two weeks of which 8月第2周 may be either.
func WeekOfMonth(text string, near calendar.Date) (from, to calendar.Date, ok bool) {
	early, late, ok := weekOfMonth(withDigits(text), near)
	if !ok || !late.Valid() || early == late {
		return calendar.NoDate, calendar.NoDate, false
	}
	return early.Start, late.End(), true
}

// readDay finds a bare date.
func readDay(s string, near calendar.Date) (span, bool) {
	if m := fullDate().FindString(s); m != "" {
		if w, ok := ParseWritten(m); ok && w.Day > 0 {
			return span{Date: w.Date(w.Year)}, true
		}
	}
	if m := bareEight().FindStringSubmatch(s); m != nil {
		if w, ok := ParseWritten(m[1]); ok {
			return span{Date: w.Date(w.Year)}, true
		}
	}
	if m := shortDate().FindString(s); m != "" {
		if w, ok := ParseWritten(m); ok && w.Day > 0 {
			return span{Date: w.Nearest(near)}, true
		}
	}
	return span{}, false
}

// Nearest gives the newest such day that is not much after near: 截至 may lie some weeks ahead.
func (w Wrote) Nearest(near calendar.Date) calendar.Date {
	if w.Year > 0 {
		return w.Date(w.Year)
	}
	d := w.Date(near.Year())
	if d > near+45 {
		d = w.Date(near.Year() - 1)
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

// PeriodLabel is a period in words: 2022年第33周, 2022年8月.
func PeriodLabel(p calendar.Period) string {
	if !p.Valid() {
		return "未知"
	}
	if p.Kind == calendar.Week {
		y, w := p.Start.ISOWeek()
		return fmt.Sprintf("%d年第%d周", y, w)
	}
	return fmt.Sprintf("%d年%d月", p.Start.Year(), int(p.Start.Month()))
}
