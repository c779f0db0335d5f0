package written

import (
	"regexp"
	"strings"
	"sync"
	"time"

	"taizhang/internal/calendar"
)

// instants are the texts of moments: a day, a time, and a zone that says where that time is.
var instants = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:T|\s)\s*(\d{1,2})(?::?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?\s*` +
		`(Z|UTC|GMT|UT|北京时间|中国标准时间|CST|HKT)?\s*(?:([-+−])(\d{1,2}):?(\d{2})?)?\s*(UTC|GMT|CST|HKT)?\s*(?:\[[^\]]*\]|\([^)]*\))?$`)
})

// english are the texts of moments and days that programs write in English, as package time has them.
var english = []struct {
	layout string
	zoned  bool
}{
	{"Mon Jan 2 2006 15:04:05 GMT-0700", true}, // JavaScript
	{"Mon Jan 2 2006 15:04:05 UTC-0700", true},
	{"Mon, 2 Jan 2006 15:04:05 -0700", true}, // RFC 5322
	{"Mon, 2 Jan 2006 15:04:05 MST", true},
	{"Mon Jan 2 15:04:05 MST 2006", true}, // Java, Unix
	{"Mon Jan 2 15:04:05 -0700 2006", true},
	{"Mon Jan 2 15:04:05 2006", false},
	{"Mon Jan 2 2006", false},
	{"2-Jan-2006", false}, {"2 Jan 2006", false}, {"2 January 2006", false}, {"Jan 2, 2006", false}, {"January 2, 2006", false}, {"2006-Jan-2", false},
}

var (
	monthWord = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)`)
	})
	zoneWords = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\s*\([^)]*\)$`) })
	dayZoned  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{4}-\d{1,2}-\d{1,2})(Z|[-+]\d{2}:\d{2})$`) })
	// timed is a time with letters behind it, which name a zone, or a half of the day.
	timed = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\d[:T]?\d{2}(?:[.,]\d+)?\s*([A-Za-z]{1,5})(?:[-+:\d\s]*)$`)
	})
)

// Moment reads a text that programs write of a moment, such as 2026-11-02T16:00:00.000Z or Tue Nov 03 2026 00:00:00
// GMT+0800, and gives the day on which it lies in loc: 3 November in China. A bare CST is China's time.
func Moment(text string, loc *time.Location) (calendar.Date, bool) {
	s := Plain(text)
	if len(s) < 9 || len(s) > 80 || !strings.Contains(s, ":") && !strings.ContainsFunc(s, letter) {
		return calendar.NoDate, false
	}
	if m := dayZoned().FindStringSubmatch(s); m != nil { // xsd:date with a zone is a day all the same
		w, ok := ParseWritten(m[1])
		return w.Date(w.Year), ok && w.Exists(w.Year)
	}
	if m := instants().FindStringSubmatch(s); m != nil && m[7]+m[8]+m[11] != "" {
		return momentOf(m, loc)
	}
	if !monthWord().MatchString(s) {
		return calendar.NoDate, false
	}
	s = zoneWords().ReplaceAllString(s, "")
	for _, e := range english {
		at, err := time.ParseInLocation(e.layout, s, time.UTC)
		if err != nil {
			continue
		}
		if name, offset := at.Zone(); e.zoned && (offset != 0 || name == "UTC" || name == "GMT" || name == "") {
			at = at.In(loc)
		} else if e.zoned && name != "CST" && name != "HKT" {
			return calendar.NoDate, false
		}
		return calendar.Of(at), true
	}
	return calendar.NoDate, false
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// momentOf joins the parts that instants found.
func momentOf(m []string, loc *time.Location) (calendar.Date, bool) {
	day := Wrote{Year: Atoi(m[1]), Month: Atoi(m[2]), Day: Atoi(m[3])}
	hour, minute, second := Atoi(m[4]), Atoi(m[5]), Atoi(m[6])
	if !day.possible() || hour > 24 || minute > 59 || second > 60 {
		return calendar.NoDate, false
	}
	offset := 0
	switch {
	case m[8] != "":
		if offset = Atoi(m[9])*3600 + Atoi(m[10])*60; offset > 14*3600 {
			return calendar.NoDate, false
		}
		if m[8] != "+" {
			offset = -offset
		}
	case m[7] == "Z" || m[7] == "UTC" || m[7] == "GMT" || m[7] == "UT" || m[7] == "" && m[11] != "CST" && m[11] != "HKT":
	default:
		offset = 8 * 3600
	}
	at := time.Date(day.Year, time.Month(day.Month), day.Day, hour, minute, second, 0, time.FixedZone("", offset))
	return calendar.Of(at.In(loc)), true
}

// ZoneUnknown says whether a text is a date and a time with a zone that Moment doesn't know, such as PST.
func ZoneUnknown(text string) bool {
	s := Plain(text)
	if !strings.ContainsFunc(s, letter) {
		return false
	}
	m := timed().FindStringSubmatch(s)
	if m == nil || len(s) < 12 || !ymd().MatchString(s) && !monthWord().MatchString(s) && !strings.Contains(s, "T") {
		return false
	}
	switch strings.ToUpper(m[1]) {
	case "AM", "PM":
		return false
	}
	return true
}

var yearLast = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\d{1,2}|\d{4})([-/.])(\d{1,2}|[A-Za-z]{3,9})[-/.](\d{1,2}|\d{4})(\s.*)?$`)
})

// Orders gives the days that a text such as 11/3/26 or 11/3/2026 may mean, whose year stands first or last: year, month,
// day; month, day, year; day, month, year. ok is false for texts of another kind, and where the year can only stand first
// and is written with four digits.
func Orders(text string) (days []calendar.Date, ok bool) {
	s := Plain(text)
	if len(s) < 5 || len(s) > 40 {
		return nil, false
	}
	if i := strings.IndexAny(s, "-/."); i != 1 && i != 2 {
		return nil, false
	}
	m := yearLast().FindStringSubmatch(s)
	if m == nil || len(m[1]) == 4 || !dateTail().MatchString(strings.TrimSpace(m[5])) {
		return nil, false
	}
	add := func(y, mo, d string) {
		if len(y) < 2 {
			return
		}
		w := Wrote{Year: Atoi(y), Month: monthNumber(mo), Day: Atoi(d)}
		if len(y) == 2 {
			w.Year += 2000
		}
		if w.Day > 0 && w.possible() {
			days = append(days, w.Date(w.Year))
		}
	}
	if len(m[4]) < 4 {
		add(m[1], m[3], m[4])
	}
	add(m[4], m[3], m[1])
	if _, err := time.Parse("1", m[3]); err == nil || len(m[3]) == 2 {
		add(m[4], m[1], m[3])
	}
	return days, true
}

func monthNumber(s string) int {
	if n := Atoi(s); n > 0 {
		return n
	}
	if len(s) >= 3 {
		if t, err := time.Parse("Jan", strings.ToUpper(s[:1])+strings.ToLower(s[1:3])); err == nil {
			return int(t.Month())
		}
	}
	return 0
}
