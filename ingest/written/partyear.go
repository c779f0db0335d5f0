package written

import (
	"regexp"
	"sync"
	"time"

	"taizhang/internal/calendar"
)

var (
	// quarter is a quarter by its number, or the quarters from one to another: 三季度, 2022年第3季度, 一至三季度, 前三季度. Numbers
	// in Chinese have been made digits.
	quarter = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:(\d{4})(?:年度|年|[-./])?)?(?:(前)|第?([1-4首])(?:季度)?` + rangeMark + `)?第?([1-4首])个?季(?:度|末|报|$|[^\p{Han}])`)
	})
	quarterQ = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|[^A-Za-z0-9]|(\d{4})(?:年度|年|[-./])?)[Qq]([1-4])(?:[^A-Za-z0-9]|$)`)
	})
	halfYear    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:(\d{4})(?:年度|年)?)?([上下])半年`) })
	firstMonths = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:(\d{4})(?:年度|年)?)?前(\d{1,2})个月`) })
	// monthList names months one by one: 2022年7、8、9月, 7月和8月. Two bare numbers at the beginning may be the number of an
	// annex and a month: 1、8月.
	monthList = sync.OnceValue(func() *regexp.Regexp {
		const and = `[、,，和与及]+`
		return regexp.MustCompile(`(?:^|[^\d.\-/])(?:(\d{4})年(\d{1,2})月?(?:份)?|()(\d{1,2})月(?:份)?|[(（【]()(\d{1,2})|()(\d{1,2})` + and + `\d{1,2})((?:` + and + `\d{1,2}月?(?:份)?)*)` + and + `(?:\d{4}年)?(\d{1,2})月`)
	})
)

// partSigns are the letters of which each of the partWays needs one.
var partSigns = NewLetters("季QqＱｑ半前、,，和与及")

// partWays are the ways to name a part of a year that is more than a month.
var partWays = []spanWay{
	{"2022年7、8、9月", monthsListed},
	{"2022年3季度", quarterOfYear},
	{"2022Q3", quarterWithQ},
	{"2022年上半年", halfOfYear},
	{"2022年前8个月", monthsFromFirst},
}

// Quarter finds a part of a year in a text in which ReadSpan finds none: a quarter (2026年三季度), several, half a year, months
// one by one (7、8、9月); near gives the year where none is written.
func Quarter(text string, near calendar.Date) (span, bool) {
	if !partSigns.In(text) {
		return span{}, false
	}
	return firstWay(partWays, withDigits(text), near)
}

// partOfYear is the months from first to last of a year; of the newest in which they had begun where none is written.
func partOfYear(year, first, last int, near calendar.Date) (span, bool) {
	if first < 1 || last > 12 || first > last {
		return span{}, false
	}
	if year == 0 {
		if year = near.Year(); first > int(near.Month()) {
			year--
		}
	}
	from, to := calendar.NewDate(year, time.Month(first), 1), calendar.NewDate(year, time.Month(last+1), 0)
	return span{From: from, To: to, Months: last - first + 1, Date: calendar.NoDate}, true
}

func quarterOfYear(s string, near calendar.Date) (span, bool) {
	m := quarter().FindStringSubmatch(s)
	if m == nil {
		return span{}, false
	}
	number := func(text string) int {
		if text == "首" {
			return 1
		}
		return Atoi(text)
	}
	last := number(m[4])
	first := last
	switch {
	case m[2] != "":
		first = 1
	case m[3] != "":
		first = number(m[3])
	}
	return partOfYear(Atoi(m[1]), first*3-2, last*3, near)
}

// betweenQuarters finds the quarters from one to another.
func betweenQuarters(s string, near calendar.Date) (span, bool) {
	if m := quarter().FindStringSubmatch(s); m == nil || m[3] == "" {
		return span{}, false
	}
	return quarterOfYear(s, near)
}

func quarterWithQ(s string, near calendar.Date) (span, bool) {
	m := quarterQ().FindStringSubmatch(s)
	if m == nil {
		return span{}, false
	}
	return partOfYear(Atoi(m[1]), Atoi(m[2])*3-2, Atoi(m[2])*3, near)
}

func halfOfYear(s string, near calendar.Date) (span, bool) {
	switch m := halfYear().FindStringSubmatch(s); {
	case m == nil:
		return span{}, false
	case m[2] == "上":
		return partOfYear(Atoi(m[1]), 1, 6, near)
	default:
		return partOfYear(Atoi(m[1]), 7, 12, near)
	}
}

func monthsFromFirst(s string, near calendar.Date) (span, bool) {
	m := firstMonths().FindStringSubmatch(s)
	if m == nil {
		return span{}, false
	}
	return partOfYear(Atoi(m[1]), 1, Atoi(m[2]), near)
}

// monthsListed finds months named one by one, and takes them for the time from the first to the last.
func monthsListed(s string, near calendar.Date) (span, bool) {
	m := monthList().FindStringSubmatch(s)
	if m == nil {
		return span{}, false
	}
	first := Atoi(m[2]) + Atoi(m[4]) + Atoi(m[6]) + Atoi(m[8]) // one of them is written
	last := Atoi(m[10])
	if first >= last {
		return span{}, false
	}
	return partOfYear(Atoi(m[1]), first, last, near)
}
