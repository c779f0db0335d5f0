// Package schedule says when something recurs, as people write it: five cron
// fields, @every 5m, working days of the Chinese calendar, or Chinese words.
//
// Words: a schedule has occurrences, moments in the zone's own time; none is
// ever kept as «the next», so that a clock that was wrong leaves nothing
// stranded: what is due is asked of the present moment.
//
//	*/5 * * * *            minute, hour, day, month, weekday (robfig/cron; Sunday is 0 or 7)
//	@every 10m             at whole multiples of the interval
//	working_day 09:00      on each working day (调休 included)
//	working_day 3 09:00    on the third working day of each month
//	working_day -1 15:00   on the last one
//	每周一 13:00              as people say it, and as a listing shows it
package schedule

import (
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"taizhang/internal/calendar"
	"taizhang/internal/lang"
)

// Schedule is when something recurs.
type Schedule struct {
	spec string
	next func(after time.Time) (time.Time, bool)
}

// String is the schedule as it was written.
func (s Schedule) String() string { return s.spec }

// Of is a schedule that follows from something else, such as due times: next gives the first occurrence after a moment.
func Of(spec string, next func(after time.Time) (time.Time, bool)) Schedule {
	return Schedule{spec, next}
}

// Words that begin a schedule of working days.
var workingDay = map[string]bool{"working_day": true, "工作日": true}

// Parse reads a schedule; times are those of loc, working days those of days.
func Parse(spec string, loc *time.Location, days *calendar.Workdays) (Schedule, error) {
	spec = strings.Join(strings.Fields(spec), " ")
	fields := strings.Fields(spec)
	switch {
	case len(fields) == 0:
		return Schedule{}, lang.Errorf("it is empty", "是空的")
	case fields[0] == "@every":
		return every(spec, fields[1:])
	case workingDay[fields[0]]:
		return onWorkdays(spec, fields[1:], loc, days)
	}
	if said, ok := fromWords(spec); ok {
		s, err := Parse(said, loc, days)
		s.spec = spec
		return s, err
	}
	parsed, err := cron.ParseStandard(strings.Join(withSunday(fields), " "))
	if err != nil {
		return Schedule{}, err
	}
	s := Schedule{spec, func(after time.Time) (time.Time, bool) {
		at := parsed.Next(after.In(loc))
		return at, !at.IsZero()
	}}
	if _, ok := s.next(time.Date(2024, 1, 1, 0, 0, 0, 0, loc)); !ok {
		return Schedule{}, lang.Errorf("no day of any year fits it", "没有任何一天符合")
	}
	return s, nil
}

func every(spec string, args []string) (Schedule, error) {
	if len(args) != 1 {
		return Schedule{}, lang.Errorf("@every takes one interval, such as @every 10m", "@every 后面只写一个间隔，如 @every 10m")
	}
	d, err := time.ParseDuration(args[0])
	if err != nil {
		return Schedule{}, err
	}
	if d < time.Second {
		return Schedule{}, lang.Errorf("the interval %s is shorter than a second", "间隔 %s 不到一秒", d)
	}
	return Schedule{spec, func(after time.Time) (time.Time, bool) { return after.Truncate(d).Add(d), true }}, nil
}

func onWorkdays(spec string, args []string, loc *time.Location, days *calendar.Workdays) (Schedule, error) {
	nth := 0
	if len(args) == 2 {
		n, err := strconv.Atoi(args[0])
		if err != nil || n == 0 || n > 15 || n < -15 {
			return Schedule{}, lang.Errorf("%q is no number of a working day in its month (1 to 15, or -1 for the last)", "%q 不是当月的第几个工作日（1至15，-1表示最后一个）", args[0])
		}
		nth, args = n, args[1:]
	}
	if len(args) != 1 {
		return Schedule{}, lang.Errorf("it should read like working_day 09:00 or working_day 3 09:00", "应写成 working_day 09:00 或 working_day 3 09:00")
	}
	clock, err := time.Parse("15:04", args[0])
	if err != nil {
		return Schedule{}, lang.Errorf("%q is no time of day such as 09:00", "%q 不是时刻，应写成 09:00", args[0])
	}
	if days == nil {
		days = calendar.New(nil, nil)
	}
	return Schedule{spec, func(after time.Time) (time.Time, bool) {
		d := calendar.Of(after.In(loc))
		for range 100 { // two months hold every nth working day
			if fits(d, nth, days) {
				y, m, day := d.Year(), d.Month(), d.Day()
				if at := time.Date(y, m, day, clock.Hour(), clock.Minute(), 0, 0, loc); at.After(after) {
					return at, true
				}
			}
			d++
		}
		return time.Time{}, false
	}}, nil
}

// fits says whether a day is a working day, and where nth isn't 0 the nth of its month, from the end where negative.
func fits(d calendar.Date, nth int, days *calendar.Workdays) bool {
	if !days.IsWorkday(d) || nth == 0 {
		return days.IsWorkday(d)
	}
	month := calendar.MonthOf(d)
	if nth > 0 {
		return days.WorkdayNo(d)-days.WorkdayNo(month.Start-1) == nth
	}
	return days.WorkdayNo(month.End())-days.WorkdayNo(d) == -nth-1
}

// Next is the first occurrence after a moment; false where there is none.
func (s Schedule) Next(after time.Time) (time.Time, bool) {
	if s.next == nil {
		return time.Time{}, false
	}
	return s.next(after)
}

// windows are how far Last looks back, the nearest first: whoever recurs each minute is found in the first.
var windows = []time.Duration{time.Hour, 26 * time.Hour, 9 * 24 * time.Hour, 70 * 24 * time.Hour, 400 * 24 * time.Hour, 9 * 366 * 24 * time.Hour}

// Last is the newest occurrence at or before a moment; false where there is none within nine years.
func (s Schedule) Last(now time.Time) (last time.Time, ok bool) {
	for _, w := range windows {
		for at, more := s.Next(now.Add(-w)); more && !at.After(now); at, more = s.Next(at) {
			last, ok = at, true
		}
		if ok {
			return last, true
		}
	}
	return last, false
}

// Between are the occurrences after one moment and at or before another, oldest first, the newest so many of them.
func (s Schedule) Between(after, until time.Time, most int) (all []time.Time) {
	for at, more := s.Next(after); more && !at.After(until); at, more = s.Next(at) {
		if all = append(all, at); len(all) > most {
			all = all[1:]
		}
	}
	return all
}
