package schedule

import (
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/calendar"
)

var shanghai = func() *time.Location {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return loc
}()

func at(t *testing.T, s string) time.Time {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// TestOccurrences: the last and the next one, whatever zone the clock tells its time in.
func TestOccurrences(t *testing.T) {
	for _, c := range []struct{ spec, now, last, next string }{
		{"0 13 * * 1", "2022-08-15 12:59", "2022-08-08 13:00", "2022-08-15 13:00"},
		{"0 13 * * 1", "2022-08-15 13:00", "2022-08-15 13:00", "2022-08-22 13:00"},
		{"*/5 * * * *", "2022-08-15 13:04", "2022-08-15 13:00", "2022-08-15 13:05"},
		// 2022-08-15 was a Monday; Sunday is the first day of the week or the seventh.
		{"0 13 * * 7", "2022-08-15 12:00", "2022-08-14 13:00", "2022-08-21 13:00"},
		{"0 13 * * 6-7", "2022-08-15 12:00", "2022-08-14 13:00", "2022-08-20 13:00"},
		{"0 13 * * fri-sun", "2022-08-20 14:00", "2022-08-20 13:00", "2022-08-21 13:00"},
		{"0 13 * * 1-7/3", "2022-08-15 14:00", "2022-08-15 13:00", "2022-08-18 13:00"},
		{"0 13 * * 3,7", "2022-08-15 14:00", "2022-08-14 13:00", "2022-08-17 13:00"},
		{"@every 10m", "2022-08-15 13:04", "2022-08-15 13:00", "2022-08-15 13:10"},
		{"30 3 1 1 *", "2022-08-15 13:04", "2022-01-01 03:30", "2023-01-01 03:30"},
		{"0 0 29 2 *", "2023-08-15 13:04", "2020-02-29 00:00", "2024-02-29 00:00"},
		// 2022-10-01 to 07 were holidays, 8 and 9 October (Saturday, Sunday) working days.
		{"working_day 09:00", "2022-10-05 12:00", "2022-09-30 09:00", "2022-10-08 09:00"},
		{"工作日 09:00", "2022-10-08 09:00", "2022-10-08 09:00", "2022-10-09 09:00"},
		{"working_day 1 09:00", "2022-10-05 12:00", "2022-09-01 09:00", "2022-10-08 09:00"},
		{"working_day -1 15:00", "2022-10-05 12:00", "2022-09-30 15:00", "2022-10-31 15:00"},
		{"working_day 5 15:00", "2022-10-13 15:00", "2022-10-12 15:00", "2022-11-07 15:00"},
	} {
		s, err := Parse(c.spec, shanghai, calendar.New(nil, nil))
		if err != nil {
			t.Errorf("%s: %v", c.spec, err)
			continue
		}
		for _, now := range []time.Time{at(t, c.now), at(t, c.now).UTC()} {
			if last, ok := s.Last(now); !ok || !last.Equal(at(t, c.last)) {
				t.Errorf("%s at %s: last %v", c.spec, c.now, last)
			}
			if next, ok := s.Next(now); !ok || !next.Equal(at(t, c.next)) {
				t.Errorf("%s at %s: next %v", c.spec, c.now, next)
			}
		}
	}
	s, err := Parse("0 * * * *", shanghai, nil)
	if err != nil {
		t.Fatal(err)
	}
	if b := s.Between(at(t, "2022-08-15 00:00"), at(t, "2022-08-15 10:30"), 3); len(b) != 3 || !b[0].Equal(at(t, "2022-08-15 08:00")) {
		t.Errorf("between: %v", b)
	}
}

func TestRefused(t *testing.T) {
	for spec, want := range map[string]string{
		"":                       "empty",
		"61 * * * *":             "",
		"0 0 30 2 *":             "no day of any year",
		"@every":                 "one interval",
		"@every 1ms":             "shorter",
		"working_day":            "should read like",
		"working_day 9":          "no time of day",
		"working_day 16 09:00":   "no number of a working day",
		"working_day 0 09:00":    "no number of a working day",
		"working_day 1 09:00 x":  "should read like",
		"working_day 1 2 09:00":  "should read like",
		"working_day morning":    "no time of day",
		"every day in the world": "",
	} {
		if _, err := Parse(spec, shanghai, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", spec, err)
		}
	}
}

// TestSaidInWords: what a listing says of a schedule can be typed as it stands there, and means the same; so can what people
// say of due times.
func TestSaidInWords(t *testing.T) {
	from := at(t, "2022-08-13 10:20")
	next := func(spec string) (all []time.Time) {
		t.Helper()
		s, err := Parse(spec, shanghai, calendar.New(nil, nil))
		if err != nil {
			t.Errorf("%q: %v", spec, err)
			return nil
		}
		if s.String() != spec {
			t.Errorf("%q is kept as %q", spec, s)
		}
		for when := from; len(all) < 12; {
			when, _ = s.Next(when)
			all = append(all, when)
		}
		return all
	}
	for _, spec := range []string{"* * * * *", "*/5 * * * *", "@every 10m", "@every 1h", "@every 2h", "@every 90s", "15 * * * *", "5 0 * * *", "0 8,18 * * *", "30 13 * * 0", "0 9 * * 1-5", "0 9 * * 1,3", "0 14 1 * *", "working_day 09:00", "working_day -1 15:00"} {
		if words := InWords(spec); words == spec || !slices.EqualFunc(next(spec), next(words), time.Time.Equal) {
			t.Errorf("%q is said to be %q: %v, %v", spec, words, next(spec), next(words))
		}
	}
	for said, spec := range map[string]string{"次周一 12:00": "0 12 * * 1", "下周五17点": "0 17 * * 5", "周一13:00": "0 13 * * 1", "每星期天 9：30": "30 9 * * 0", "每月5号 9点30分": "30 9 5 * *", "每日 8:00,18:00": "0 8,18 * * *", "每周一和三 09:00": "0 9 * * 1,3", "每周六至周日 09:00": "0 9 * * 0,6"} {
		if !slices.EqualFunc(next(said), next(spec), time.Time.Equal) {
			t.Errorf("%q: %v", said, next(said))
		}
	}
	for _, bad := range []string{"每天", "每周一", "每月32日 09:00", "每天 25:00", "每天 8:00、9:30", "每周五至周一 09:00", "每10分钟 09:00", "随便"} {
		if s, err := Parse(bad, shanghai, nil); err == nil {
			t.Errorf("%q is read as %v", bad, s)
		}
	}
}
