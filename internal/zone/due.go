package zone

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/spelling"
)

// Rule says when the return of a period is due. Read it with ParseRule.
type Rule struct {
	text     string
	shape    ruleShape
	weekday  time.Weekday
	days     int
	minute   int  // of the day
	wholeDay bool // without an hour: the end of the day
}

type ruleShape uint8

const (
	weekAfter   ruleShape = iota + 1 // monday 12:00
	weekItself                       // this friday 17:00
	workingDays                      // 5 working days
	dayOfMonth                       // day 5
)

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

var dueExamples = lang.Text{English: `write a due time such as "monday 12:00", "this friday 17:00", "5 working days", "5 working days 17:00" or "day 5 12:00"`,
	Chinese: `应写成“次周一 12:00”“当周五 17:00”“5个工作日”“5个工作日 17:00”或“次月5日 12:00”的样子`}

// ParseRule reads a due time:
//
//	monday 12:00          that day of the week after the period (weekly forms)
//	this friday 17:00     that day of the period's own week (weekly forms)
//	5 working days        so many working days after the month (monthly forms)
//	day 5, 5 days         that day of the month after it (monthly forms)
//
// each with or without an hour; without one it is the end of the day. In Chinese: 次周一 12:00, 当周五17点前, 月后5个工作日内, 次月5日.
func ParseRule(text string) (Rule, error) {
	r := Rule{text: strings.Join(strings.Fields(text), " "), wholeDay: true}
	words := strings.Fields(strings.ToLower(text))
	if said := chineseRule(text); said != nil {
		words = said
	}
	wrong := func(english, chinese string, args ...any) (Rule, error) {
		return Rule{}, lang.Errorf("%s; %s", "%s；%s", lang.Say(english, chinese, args...), dueExamples)
	}
	if len(words) == 0 {
		return wrong("the due time is empty", "没有写报送期限")
	}
	if last := words[len(words)-1]; strings.ContainsAny(last, ":：") {
		minute, ok := parseHour(last)
		if !ok {
			return wrong("%q in due time %q is not an hour from 00:00 to 23:59", "报送期限 %[2]q 中的 %[1]q 不是 00:00 至 23:59 的钟点", last, text)
		}
		r.minute, r.wholeDay = minute, false
		words = words[:len(words)-1]
	}
	r.shape = weekAfter
	if len(words) == 2 && words[0] == "this" {
		r.shape, words = weekItself, words[1:]
	}
	switch {
	case len(words) == 1:
		for day, name := range weekdays {
			if words[0] == name {
				r.weekday = time.Weekday(day)
				return r, nil
			}
		}
		if near := spelling.Nearest(words[0], weekdays); near != "" {
			return Rule{}, lang.Errorf("unknown weekday %q in due time %q; did you mean %q?", "报送期限 %[2]q 中没有 %[1]q 这个星期几；是不是“%[3]s”？", words[0], text, near)
		}
	case len(words) == 3 && words[1] == "working" && (words[2] == "days" || words[2] == "day"):
		r.shape = workingDays
		return r.withDays(words[0], text)
	case len(words) == 2 && words[0] == "day":
		r.shape = dayOfMonth
		return r.withDays(words[1], text)
	case len(words) == 2 && (words[1] == "days" || words[1] == "day"):
		r.shape = dayOfMonth
		return r.withDays(words[0], text)
	}
	return wrong("cannot read due time %q", "报送期限 %q 读不懂", text)
}

func (r Rule) withDays(number, text string) (Rule, error) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > 31 {
		return Rule{}, lang.Errorf("%q in due time %q is not a number of days from 1 to 31; %s", "报送期限 %[2]q 中的 %[1]q 不是1至31的天数；%[3]s", number, text, dueExamples)
	}
	r.days = n
	return r, nil
}

func parseHour(text string) (minute int, ok bool) {
	h, m, found := strings.Cut(strings.ReplaceAll(text, "：", ":"), ":")
	hour, err := strconv.Atoi(h)
	minutes, err2 := strconv.Atoi(m)
	if !found || err != nil || err2 != nil || len(h) > 2 || len(m) != 2 || hour < 0 || hour > 23 || minutes < 0 || minutes > 59 {
		return 0, false
	}
	return hour*60 + minutes, true
}

// String returns the rule as it was written.
func (r Rule) String() string { return r.text }

// Chinese says the rule as ParseRule reads it in Chinese.
func (r Rule) Chinese() string {
	hour := ""
	if !r.wholeDay {
		hour = fmt.Sprintf(" %02d:%02d", r.minute/60, r.minute%60)
	}
	switch r.shape {
	case weekAfter:
		return "次周" + chineseDays[r.weekday] + hour
	case weekItself:
		return "当周" + chineseDays[r.weekday] + hour
	case workingDays:
		return fmt.Sprintf("%d个工作日", r.days) + hour
	case dayOfMonth:
		return fmt.Sprintf("次月%d日", r.days) + hour
	}
	return r.text
}

var chineseDays = []string{"日", "一", "二", "三", "四", "五", "六"}

// Kind returns the kind of the periods that the rule is for.
func (r Rule) Kind() calendar.PeriodKind {
	switch r.shape {
	case weekAfter, weekItself:
		return calendar.Week
	case workingDays, dayOfMonth:
		return calendar.Month
	}
	return 0
}

// Within reports whether the return is due in the period itself ("this …").
func (r Rule) Within() bool { return r.shape == weekItself }

// Day returns the due day of a period: moved to the next working day where it
// is not worked.
func (r Rule) Day(p calendar.Period, days *calendar.Workdays) calendar.Date {
	if !p.Valid() || p.Kind != r.Kind() {
		return calendar.NoDate
	}
	var d calendar.Date
	switch r.shape {
	case weekAfter:
		d = p.Next().Start + r.sinceMonday()
	case weekItself:
		d = p.Start + r.sinceMonday()
	case workingDays:
		return days.AddWorkdays(p.End(), r.days)
	case dayOfMonth:
		next := p.Next()
		d = min(next.Start+calendar.Date(r.days-1), next.End()) // day 31 of a shorter month is its last
	}
	return days.NextWorkday(d)
}

func (r Rule) sinceMonday() calendar.Date { return calendar.Date((int(r.weekday) + 6) % 7) }

// At returns the moment at which the return of a period is due, in loc; the
// zero time where the rule is not for such periods.
func (r Rule) At(p calendar.Period, days *calendar.Workdays, loc *time.Location) time.Time {
	d := r.Day(p, days)
	if !d.Valid() {
		return time.Time{}
	}
	if r.wholeDay {
		return endOfDay(d, loc)
	}
	return time.Date(d.Year(), d.Month(), d.Day(), r.minute/60, r.minute%60, 0, 0, loc)
}

// endOfDay is the last microsecond of d: timestamps in the warehouse have no
// finer parts.
func endOfDay(d calendar.Date, loc *time.Location) time.Time {
	return (d + 1).Time(loc).Add(-time.Microsecond)
}
