package schedule

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Words say when something recurs as InWords does, and as due times are said: 每天 12:30, 每周一 13:00 (also 次周一, as a
// weekly return's due time), 每周一至周五 09:00, 每月1日 14:00, 每月5日14点30分, 每10分钟, 每小时. Several hours stand with 、
// between.

type wording struct {
	as *regexp.Regexp
	to func(m []string, at string) (string, bool) // at: minute and hour as cron has them
}

var wordings = sync.OnceValue(func() []wording {
	fixed := func(days string) func([]string, string) (string, bool) {
		return func(_ []string, at string) (string, bool) { return at + " " + days, at != "" }
	}
	return []wording{
		{regexp.MustCompile(`^每(\d*)分钟$`), func(m []string, at string) (string, bool) { return every60(m[1], "m"), at == "" }},
		{regexp.MustCompile(`^每(\d*)小时$`), func(m []string, at string) (string, bool) { return every60(m[1], "h"), at == "" }},
		{regexp.MustCompile(`^每(\d+)秒$`), func(m []string, at string) (string, bool) { return every60(m[1], "s"), at == "" }},
		{regexp.MustCompile(`^每小时第(\d{1,2})分$`), func(m []string, at string) (string, bool) { return m[1] + " * * * *", at == "" }},
		{regexp.MustCompile(`^每[天日]$`), fixed("* * *")},
		{regexp.MustCompile(`^每月(\d{1,2})[日号]$`), func(m []string, at string) (string, bool) { return at + " " + m[1] + " * *", at != "" }},
		{regexp.MustCompile(`^(?:每|次|下)?(?:周|星期)([一二三四五六日天])(?:至|到|-)(?:周|星期)?([一二三四五六日天])$`), func(m []string, at string) (string, bool) {
			from, to := dayOfWeek(m[1]), (dayOfWeek(m[2])+6)%7+1 // a week ends with its Sunday, which cron calls 0
			var days []string
			for d := from; d <= to; d++ {
				days = append(days, strconv.Itoa(d%7))
			}
			return at + " * * " + strings.Join(days, ","), at != "" && from < to
		}},
		{regexp.MustCompile(`^(?:每|次|下)?(?:周|星期)([一二三四五六日天](?:[、,，和][一二三四五六日天])*)$`), func(m []string, at string) (string, bool) {
			var days []string
			for _, r := range m[1] {
				if d := dayOfWeek(string(r)); d >= 0 {
					days = append(days, strconv.Itoa(d))
				}
			}
			return at + " * * " + strings.Join(days, ","), at != ""
		}},
	}
})

func every60(n, unit string) string {
	if n == "" {
		n = "1"
	}
	return "@every " + n + unit
}

// dayOfWeek is the number that cron gives a day of the week; -1 for none.
func dayOfWeek(word string) int {
	if word == "天" {
		return 0
	}
	for i, r := range []rune(weekdayWords)[:7] {
		if string(r) == word {
			return i
		}
	}
	return -1
}

var clock = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(.*?)\s*((?:\d{1,2}(?:[:：]\d{2}|[点时](?:\d{1,2}分?)?)[、,，]?)+)$`)
})

var hourOf = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(\d{1,2})(?:[:：](\d{2})|[点时](\d{1,2})?)`)
})

// fromWords is a schedule that is said in Chinese words as Parse reads it otherwise; false where it isn't.
func fromWords(spec string) (string, bool) {
	days, at := strings.TrimSpace(spec), ""
	if m := clock().FindStringSubmatch(days); m != nil && m[1] != "" {
		var ok bool
		if at, ok = cronTime(m[2]); !ok {
			return "", false
		}
		days = m[1]
	}
	days = strings.ReplaceAll(days, " ", "")
	for _, w := range wordings() {
		if m := w.as.FindStringSubmatch(days); m != nil {
			return w.to(m, at)
		}
	}
	return "", false
}

// cronTime are hours of one minute, as the first two fields of cron.
func cronTime(text string) (string, bool) {
	minute, hours := "", []string(nil)
	for _, m := range hourOf().FindAllStringSubmatch(text, -1) {
		h, _ := strconv.Atoi(m[1])
		n, _ := strconv.Atoi(m[2] + m[3])
		this := strconv.Itoa(n)
		if h > 23 || n > 59 || minute != "" && minute != this {
			return "", false
		}
		minute, hours = this, append(hours, strconv.Itoa(h))
	}
	return minute + " " + strings.Join(hours, ","), true
}
