package zone

import (
	"regexp"
	"strings"
	"sync"
)

// chineseDue are due times as offices write them, each with the words of [ParseRule] it stands for: $1 is what it names.
var chineseDue = sync.OnceValue(func() (all []struct {
	like  *regexp.Regexp
	words string
}) {
	for _, x := range [][2]string{
		{`^(?:次周|下周|周|次星期|下星期|星期)([一二三四五六日天])$`, "$1"},
		{`^(?:当周|本周|本星期)([一二三四五六日天])$`, "this $1"},
		{`^(?:月后|次月|下月)?第?(\d+)个?工作日$`, "$1 working days"},
		{`^(?:次月|下月)?(\d+)[日号]$`, "day $1"},
	} {
		all = append(all, struct {
			like  *regexp.Regexp
			words string
		}{regexp.MustCompile(x[0]), x[1]})
	}
	return all
})

// chineseHour is an hour at the end: 12:00, 17点, 17时30分.
var chineseHour = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(.*?)(\d{1,2})(?:[:：](\d{2})|[点时](?:(\d{2})分?)?)$`)
})

// chineseWeekday gives the day that a Chinese numeral of the week names.
var chineseWeekday = map[string]string{"一": "monday", "二": "tuesday", "三": "wednesday", "四": "thursday", "五": "friday", "六": "saturday", "日": "sunday", "天": "sunday"}

// chineseRule gives the words of a due time in Chinese, nil for others.
func chineseRule(text string) []string {
	text = strings.Join(strings.Fields(text), "")
	for _, end := range []string{"前", "之", "以", "内"} { // 以前, 之内, 前
		text = strings.TrimSuffix(text, end)
	}
	hour := ""
	if m := chineseHour().FindStringSubmatch(text); m != nil && m[1] != "" {
		minute := m[3] + m[4]
		if minute == "" {
			minute = "00"
		}
		text, hour = m[1], m[2]+":"+minute
		text = strings.TrimSuffix(text, "内")
	}
	for _, x := range chineseDue() {
		m := x.like.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		named := m[1]
		if day := chineseWeekday[named]; day != "" {
			named = day
		}
		words := strings.Fields(strings.ReplaceAll(x.words, "$1", named))
		if hour != "" {
			words = append(words, hour)
		}
		return words
	}
	return nil
}
