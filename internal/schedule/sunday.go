package schedule

import (
	"strconv"
	"strings"
)

// withSunday are cron's fields with Sunday as 0 where it is written as the seventh day (7, 5-7, fri-sun), as other programs
// take it.
func withSunday(fields []string) []string {
	if len(fields) != 5 {
		return fields
	}
	items := strings.Split(fields[4], ",")
	for i, item := range items {
		span, step, stepped := strings.Cut(item, "/")
		by, err := strconv.Atoi(step)
		if stepped && (err != nil || by < 1) {
			continue
		}
		first, last, ranged := strings.Cut(span, "-")
		from, to := dayNumber(first), dayNumber(last)
		switch {
		case !ranged && !stepped && from == 7:
			items[i] = "0"
			continue
		case !ranged || from < 0:
			continue
		case to == 0 && from > 0:
			to = 7
		}
		if to != 7 || from > 7 {
			continue
		}
		var days []string
		for d := from; d <= to; d += max(by, 1) {
			days = append(days, strconv.Itoa(d%7))
		}
		items[i] = strings.Join(days, ",")
	}
	return append(append([]string{}, fields[:4]...), strings.Join(items, ","))
}

// dayNumber is a day of the week as a number, -1 where it is none.
func dayNumber(text string) int {
	for i, name := range []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} {
		if strings.EqualFold(text, name) {
			return i
		}
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n <= 7 {
		return n
	}
	return -1
}
