package ingest

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"taizhang/ingest/sheet"
	"taizhang/internal/calendar"
)

// wrote is a date as somebody wrote it: parts that are absent are 0.
type wrote struct {
	year, month, day int
	endOfMonth       bool // 8月底
	tenth            bool // the number 2022.1: January, or October without its 0
}

var (
	ymd         = regexp.MustCompile(`^(\d{4})\s*[-/.年\\]\s*(\d{1,2})\s*[-/.月\\]\s*(\d{1,2})(?:\s*[日号])?`)
	ymdShort    = regexp.MustCompile(`^(\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?`)
	ym          = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})月?`)
	md          = regexp.MustCompile(`^(\d{1,2})\s*[-/.月]\s*(\d{1,2})[日号]?`)
	onlyM       = regexp.MustCompile(`^(\d{1,2})月份?`)
	eight       = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	six         = regexp.MustCompile(`^(\d{4})(\d{2})$`)
	dateTail    = regexp.MustCompile(`^(\([^)]*\)|(星期|周|礼拜)[一二三四五六日天1-7])?\s*(T?\s*\d{1,2}[:时点]\d{0,2}.*|\(.*\)|(星期|周|礼拜).*|(前|之前|以前|止|起|左右|上午|下午|晚|中午).*|T.*)?$`)
	zhDate      = regexp.MustCompile(`[〇零○一二三四五六七八九十]+`)
	yearEnd     = regexp.MustCompile(`^(?:(\d{4})年?|今年|本年|当年)?年?(底|末|内|终)(前|之前)?$`) // as a deadline
	decimalDate = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})$`)
	oddMarks    = regexp.MustCompile(`^\d{4}[-/.,、。·，]+\d{1,2}[-/.,、。·，]+\d{1,2}[.。,，]?$`)
	oddMark     = regexp.MustCompile(`[-/.,、。·，]+`)
	thirds      = regexp.MustCompile(`^((?:\d{4}年)?\d{1,2}月)(?:份)?([上中下])旬(前|之前|底)?$`)
	quarterEnd  = regexp.MustCompile(`^(?:(\d{4})年)?(?:第)?([一二三四1-4])季度(末|底|内)?(前|之前)?$`)
	monthTail   = regexp.MustCompile(`^(底|末|月底|月末)?(前|之前)?$`)
)

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

// writtenDate is what readWritten gives.
type writtenDate struct {
	wrote
	ok bool
}

var knownDates memo[writtenDate]

// parseWritten reads a date text in every common way of writing.
func parseWritten(s string) (wrote, bool) {
	if len(s) > 90 {
		return wrote{}, false
	}
	if len(s) == 10 && s[4] == '-' && s[7] == '-' { // as ISO has it, and most sheets
		if d, err := calendar.ParseDate(s); err == nil {
			w := wrote{year: d.Year(), month: int(d.Month()), day: d.Day()}
			return w, w.possible()
		}
	}
	d := knownDates.get(s, func(s string) (d writtenDate) {
		d.wrote, d.ok = readWritten(plain(s))
		return d
	})
	return d.wrote, d.ok
}

func readWritten(s string) (wrote, bool) {
	if oddMarks.MatchString(s) { // 2024，7，5 2024.07.05.
		s = strings.Trim(oddMark.ReplaceAllString(s, "."), ".")
	}
	if strings.ContainsAny(s, "一二三四五六七八九十〇零") && strings.ContainsAny(s, "年月") {
		s = zhDate.ReplaceAllStringFunc(s, func(z string) string {
			if n, ok := chineseInt(z); ok {
				return strconv.Itoa(n)
			}
			return z
		})
	}
	for _, p := range []struct {
		re    *regexp.Regexp
		parts string
		tail  *regexp.Regexp
	}{{ymd, "ymd", dateTail}, {eight, "ymd", dateTail}, {ymdShort, "Ymd", dateTail}, {ym, "ym", monthTail},
		{six, "ym", monthTail}, {md, "md", dateTail}, {onlyM, "m", monthTail}} {
		m := p.re.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		tail := strings.TrimSpace(s[len(m[0]):])
		if !p.tail.MatchString(tail) {
			continue
		}
		var w wrote
		for i, c := range p.parts {
			n := atoi(m[i+1])
			switch c {
			case 'y':
				w.year = n
			case 'Y':
				w.year = 2000 + n
			case 'm':
				w.month = n
			case 'd':
				w.day = n
			}
		}
		w.endOfMonth = strings.ContainsAny(tail, "底末")
		if p.parts == "Ymd" && (w.year < 2010 || w.year > 2039) || !w.possible() {
			continue
		}
		return w, true
	}
	return wrote{}, false
}

// lastOf reads a part of a month or a quarter, written as a deadline: its last day. 9月中旬, 三季度末.
func lastOf(s string) (wrote, bool) {
	s = strings.ReplaceAll(plain(s), " ", "")
	if m := thirds.FindStringSubmatch(s); m != nil {
		w, ok := parseWritten(m[1])
		w.day = map[string]int{"上": 10, "中": 20}[m[2]] // of 下旬 the month's last: see readDate
		return w, ok
	}
	if m := quarterEnd.FindStringSubmatch(s); m != nil {
		q := atoi(m[2])
		if q == 0 {
			q, _ = chineseInt(m[2])
		}
		return wrote{year: atoi(m[1]), month: 3 * q}, true
	}
	return wrote{}, false
}

// possible says whether the parts can be a date at all.
func (w wrote) possible() bool {
	if w.month < 1 || w.month > 12 || w.year != 0 && (w.year < 1949 || w.year > 2100) {
		return false
	}
	if w.day == 0 {
		return true
	}
	y := w.year
	if y == 0 {
		y = 2020 // a leap year: 29 February may be meant
	}
	return w.day >= 1 && w.day <= lastDay(y, w.month)
}

func lastDay(year, month int) int { return calendar.NewDate(year, time.Month(month+1), 0).Day() }

// date joins the parts, with the day capped to the month's last (29 February).
func (w wrote) date(year int) calendar.Date {
	return calendar.NewDate(year, time.Month(w.month), min(w.day, lastDay(year, w.month)))
}

// serialDate turns a 1900-system serial into a date.
func serialDate(serial float64) calendar.Date {
	return calendar.NewDate(1899, time.December, 30) + calendar.Date(int(serial))
}

// cellDate reads a cell as a date. guessed is true where a bare serial number was taken for one.
func cellDate(c sheet.Cell) (w wrote, guessed, ok bool) {
	switch c.Kind {
	case sheet.Date:
		d := serialDate(c.Num)
		w = wrote{year: d.Year(), month: int(d.Month()), day: d.Day()}
		return w, false, w.possible()
	case sheet.Number:
		if w, ok := parseWritten(c.Text); ok && w.year > 0 && (w.day > 0 || strings.Contains(c.Text, ".") || len(c.Text) == 6) {
			if whole, frac, _ := strings.Cut(c.Text, "."); len(whole) == 4 && frac == "1" {
				w.month, w.tenth = 10, c.Format != "0.00"
			}
			return w, false, true
		}
		if m := decimalDate.FindStringSubmatch(c.Text); m != nil { // 8.31; of 7.1 nobody knows whether it was 7.10
			if w := (wrote{month: atoi(m[1]), day: atoi(m[2])}); w.possible() {
				return w, true, len(m[2]) == 2 || w.day > 3
			}
		}
		if c.Num == float64(int(c.Num)) && c.Num >= 36526 && c.Num < 62094 { // 2000-01-01 … 2069-12-31
			d := serialDate(c.Num)
			return wrote{year: d.Year(), month: int(d.Month()), day: d.Day()}, true, true
		}
	case sheet.Text:
		w, ok := parseWritten(c.Text)
		if !ok {
			if n, err := strconv.Atoi(plain(c.Text)); err == nil && n >= 36526 && n < 62094 {
				d := serialDate(float64(n))
				return wrote{year: d.Year(), month: int(d.Month()), day: d.Day()}, true, true
			}
		}
		return w, false, ok
	}
	return wrote{}, false, false
}
