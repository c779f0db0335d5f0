package data

import (
	"fmt"
	"time"
)

// date is a civil date: days since 1970-01-01. Zero days means "none", which no
// date of the demo is.
type date int32

func civil(y int, m time.Month, d int) date {
	return date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func dateOf(t time.Time) date { return civil(t.Date()) }

func mustDate(s string) date {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(fmt.Sprintf("data: truth holds a wrong date: %q", s))
	}
	return dateOf(t)
}

func (d date) time() time.Time        { return time.Unix(int64(d)*86400, 0).UTC() }
func (d date) none() bool             { return d == 0 }
func (d date) weekday() time.Weekday  { return d.time().Weekday() }
func (d date) String() string         { return d.time().Format(time.DateOnly) }
func (d date) format(l string) string { return d.time().Format(l) }

// shanghai has had no daylight saving since 1991; a fixed zone needs no tzdata.
var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// at is a moment of that day in Shanghai.
func (d date) at(hour, min int) time.Time {
	y, m, dd := d.time().Date()
	return time.Date(y, m, dd, hour, min, 0, 0, shanghai)
}

// period is an ISO week or a month.
type period struct {
	name       string // 2022-W32 or 2022-07
	start, end date
}

func week(y, w int) period {
	// 4 January is always in week 1
	jan4 := civil(y, 1, 4)
	monday := jan4 - date((int(jan4.weekday())+6)%7)
	s := monday + date(7*(w-1))
	return period{fmt.Sprintf("%d-W%02d", y, w), s, s + 6}
}

func month(y, m int) period {
	return period{fmt.Sprintf("%d-%02d", y, m), civil(y, time.Month(m), 1), civil(y, time.Month(m+1), 1) - 1}
}

// workday says whether the State Council lets people work that day.
func (t *truth) workday(d date) bool {
	if kind, ok := t.calendar[d]; ok {
		return kind == "班"
	}
	wd := d.weekday()
	return wd != time.Saturday && wd != time.Sunday
}

// nextWorkday is d itself or the first working day after it.
func (t *truth) nextWorkday(d date) date {
	for !t.workday(d) {
		d++
	}
	return d
}

// lastWorkday is d itself or the last working day before it.
func (t *truth) lastWorkday(d date) date {
	for !t.workday(d) {
		d--
	}
	return d
}

// addWorkdays is the n-th working day after d.
func (t *truth) addWorkdays(d date, n int) date {
	for n > 0 {
		d++
		if t.workday(d) {
			n--
		}
	}
	return d
}
