package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// InWords is a specification as a Chinese listing shows it: working days are 工作日 however they were written, and the
// usual cron fields are said as people say them. What has no short words is shown as it is written.
func InWords(spec string) string {
	fields := strings.Fields(spec)
	switch {
	case len(fields) > 1 && fields[0] == "working_day":
		return "工作日 " + strings.Join(fields[1:], " ")
	case len(fields) == 2 && fields[0] == "@every":
		if d, err := time.ParseDuration(fields[1]); err == nil {
			return everyInWords(d)
		}
	case len(fields) == 5:
		if words, ok := cronInWords(fields); ok {
			return words
		}
	}
	return spec
}

func everyInWords(d time.Duration) string {
	switch {
	case d == time.Minute:
		return "每分钟"
	case d == time.Hour:
		return "每小时"
	case d%time.Hour == 0:
		return fmt.Sprintf("每%d小时", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("每%d分钟", d/time.Minute)
	}
	return fmt.Sprintf("每%d秒", d/time.Second)
}

// cronInWords says minute, hour, day, month and weekday where the minute is one, or each or every n-th one of always.
func cronInWords(fields []string) (string, bool) {
	minute, hour, day, month, weekday := fields[0], fields[1], fields[2], fields[3], fields[4]
	always := func(list ...string) bool { return !slices.ContainsFunc(list, func(f string) bool { return f != "*" }) }
	if always(hour, day, month, weekday) {
		if n, ok := strings.CutPrefix(minute, "*/"); ok {
			if k, err := strconv.Atoi(n); err == nil && k > 0 && 60%k == 0 {
				return everyInWords(time.Duration(k) * time.Minute), true
			}
		}
		if minute == "*" {
			return "每分钟", true
		}
	}
	m, err := strconv.Atoi(minute)
	if err != nil || m > 59 {
		return "", false
	}
	if always(hour, day, month, weekday) {
		return fmt.Sprintf("每小时第%d分", m), true
	}
	var at []string
	for _, h := range strings.Split(hour, ",") {
		k, err := strconv.Atoi(h)
		if err != nil || k > 23 {
			return "", false
		}
		at = append(at, fmt.Sprintf("%02d:%02d", k, m))
	}
	clock := strings.Join(at, "、")
	switch {
	case always(day, month, weekday):
		return "每天 " + clock, true
	case always(day, month):
		days, ok := weekdays(weekday)
		return days + " " + clock, ok
	case always(month, weekday):
		if k, err := strconv.Atoi(day); err == nil && k >= 1 && k <= 31 {
			return fmt.Sprintf("每月%d日 %s", k, clock), true
		}
	}
	return "", false
}

const weekdayWords = "日一二三四五六日"

// weekdays are days of the week: one, several with commas, or from one to another.
func weekdays(field string) (string, bool) {
	word := func(text string) (string, bool) {
		k, err := strconv.Atoi(text)
		if err != nil || k < 0 || k > 7 {
			return "", false
		}
		return string([]rune(weekdayWords)[k]), true
	}
	if from, to, ok := strings.Cut(field, "-"); ok {
		a, okA := word(from)
		b, okB := word(to)
		return "每周" + a + "至周" + b, okA && okB
	}
	var words []string
	for _, f := range strings.Split(field, ",") {
		w, ok := word(f)
		if !ok {
			return "", false
		}
		words = append(words, w)
	}
	return "每周" + strings.Join(words, "、"), true
}
