package written

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"taizhang/ingest/numfmt"
	"taizhang/ingest/sheet"
	"taizhang/internal/calendar"
	"taizhang/internal/spelling"
)

// Wrote is a date as somebody wrote it: parts that are absent are 0.
type Wrote struct {
	Year, Month, Day int
	endOfMonth       bool // 8月底
	Begins           bool // 2026年10月起: something goes on from then
	Tenth            bool // the number 2022.1: January, or October without its 0
}

var (
	ymd = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\d{4})\s*[-/.年\\]\s*(\d{1,2})\s*[-/.月\\]\s*(\d{1,2})(?:\s*[日号])?`)
	})
	ymdShort = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?`)
	})
	ym       = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})月?`) })
	md       = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{1,2})\s*[-/.月]\s*(\d{1,2})[日号]?`) })
	onlyM    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{1,2})月份?`) })
	eight    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`) })
	six      = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{4})(\d{2})$`) })
	dateTail = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\([^)]*\)|(星期|周|礼拜)[一二三四五六日天1-7])?\s*(T?\s*\d{1,2}[:时点]\d{0,2}.*|\(.*\)|(星期|周|礼拜).*|(前|之前|以前|止|起|左右|上午|下午|晚|中午).*|T.*)?$`)
	})
	zhDate  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[〇零○一二三四五六七八九十]+`) })
	YearEnd = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:(\d{4})年?|今年|本年|当年)?年?(底|末|内|终)(前|之前)?$`)
	}) // as a deadline
	DecimalDate = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})$`) })
	oddMarks    = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\d{4}[-/.,、。·，]+\d{1,2}[-/.,、。·，]+\d{1,2}[.。,，]?$`)
	})
	oddMark = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[-/.,、。·，]+`) })
	thirds  = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^((?:\d{4}年)?\d{1,2}月)(?:份)?([上中下])旬(前|之前|底)?$`)
	})
	quarterEnd = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:(\d{4})年)?(?:第)?([一二三四1-4])季度(末|底|内)?(前|之前)?$`)
	})
	monthTail = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^((底|末|月底|月末)?(前|之前)?|起|开始|起始|始|起算|及以后|以来|至今|起至今|[-—–―−~～至到]{1,2}(今|长期|目前|现在))$`)
	})
)

// Atoi reads digits; 0 where the text is no number.
func Atoi(s string) int { n, _ := strconv.Atoi(s); return n }

// writtenDate is what readWritten gives.
type writtenDate struct {
	Wrote
	ok bool
}

var knownDates Memo[writtenDate]

// ParseWritten reads a date text in every common way of writing.
func ParseWritten(s string) (Wrote, bool) {
	if len(s) > 90 {
		return Wrote{}, false
	}
	if len(s) == 10 && s[4] == '-' && s[7] == '-' { // as ISO has it, and most sheets
		if d, err := calendar.ParseDate(s); err == nil {
			w := Wrote{Year: d.Year(), Month: int(d.Month()), Day: d.Day()}
			return w, w.possible()
		}
	}
	d := knownDates.Get(s, func(s string) (d writtenDate) {
		d.Wrote, d.ok = readWritten(Plain(s))
		return d
	})
	return d.Wrote, d.ok
}

// printedDate is a date whose parts are joined by the dashes that word processors make of hyphens: 2022–07–15, 2022—07. Where
// other signs stand in it, too, such a dash may mean a stretch (2022-07–08).
var printedDate = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\d{1,4}) ?([‐‑‒–—―−]{1,2}) ?(\d{1,2})(?: ?([‐‑‒–—―−]{1,2}) ?(\d{1,4}))?([日号]|[ T].*)?$`)
})

// WithHyphens is the text of a date with hyphens in the place of the dashes that join its parts. Of two parts the first must
// be a year: 7–12 may be a stretch.
func WithHyphens(s string) string {
	if spelling.IsASCII(s) || s[0] < '0' || s[0] > '9' {
		return s
	}
	m := printedDate().FindStringSubmatch(s)
	switch {
	case m == nil, m[5] == "" && len(m[1]) != 4, m[5] != "" && m[2] != m[4]:
		return s
	case m[5] == "":
		return m[1] + "-" + m[3] + m[6]
	}
	return m[1] + "-" + m[3] + "-" + m[5] + m[6]
}

// goesOn ends what says since when something goes on.
var goesOn = []string{"以来", "今", "长期", "目前", "现在", "及以后"}

// sinceWhen is 自2026年10月起, 从10月开始.
var sinceWhen = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:自从|自|从)(.+(?:起|开始|始|以来|至今))$`)
})

func readWritten(s string) (Wrote, bool) {
	s = WithHyphens(s)
	if strings.HasPrefix(s, "自") || strings.HasPrefix(s, "从") {
		s = sinceWhen().ReplaceAllString(s, "$1")
	}
	if oddMarks().MatchString(s) { // 2024，7，5 2024.07.05.
		s = strings.Trim(oddMark().ReplaceAllString(s, "."), ".")
	}
	if strings.ContainsAny(s, "一二三四五六七八九十〇零") && strings.ContainsAny(s, "年月") {
		s = zhDate().ReplaceAllStringFunc(s, func(z string) string {
			if n, ok := ChineseInt(z); ok {
				return strconv.Itoa(n)
			}
			return z
		})
	}
	for _, p := range []struct {
		re    *regexp.Regexp
		parts string
		tail  *regexp.Regexp
	}{{ymd(), "ymd", dateTail()}, {eight(), "ymd", dateTail()}, {ymdShort(), "Ymd", dateTail()}, {ym(), "ym", monthTail()},
		{six(), "ym", monthTail()}, {md(), "md", dateTail()}, {onlyM(), "m", monthTail()}} {
		m := p.re.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		tail := strings.TrimSpace(s[len(m[0]):])
		if !p.tail.MatchString(tail) {
			continue
		}
		var w Wrote
		for i, c := range p.parts {
			n := Atoi(m[i+1])
			switch c {
			case 'y':
				w.Year = n
			case 'Y':
				w.Year = 2000 + n
			case 'm':
				w.Month = n
			case 'd':
				w.Day = n
			}
		}
		w.Begins = strings.ContainsAny(tail, "起始") || slices.ContainsFunc(goesOn, func(s string) bool { return strings.HasSuffix(tail, s) })
		w.endOfMonth = strings.ContainsAny(tail, "底末")
		if p.parts == "Ymd" && (w.Year < 2010 || w.Year > 2039) || !w.possible() {
			continue
		}
		return w, true
	}
	return Wrote{}, false
}

// LastOf reads a part of a month or a quarter, written as a deadline: its last day. 9月中旬, 三季度末.
func LastOf(s string) (Wrote, bool) {
	s = strings.ReplaceAll(Plain(s), " ", "")
	if m := thirds().FindStringSubmatch(s); m != nil {
		w, ok := ParseWritten(m[1])
		w.Day = map[string]int{"上": 10, "中": 20}[m[2]] // of 下旬 the month's last: see readDate
		return w, ok
	}
	if m := quarterEnd().FindStringSubmatch(s); m != nil {
		q := Atoi(m[2])
		if q == 0 {
			q, _ = ChineseInt(m[2])
		}
		return Wrote{Year: Atoi(m[1]), Month: 3 * q}, true
	}
	return Wrote{}, false
}

// possible says whether the parts can be a date at all.
func (w Wrote) possible() bool {
	if w.Month < 1 || w.Month > 12 || w.Year != 0 && (w.Year < 1949 || w.Year > 2100) {
		return false
	}
	if w.Day == 0 {
		return true
	}
	y := w.Year
	if y == 0 {
		y = 2020 // a leap year: 29 February may be meant
	}
	return w.Day >= 1 && w.Day <= LastDay(y, w.Month)
}

// LastDay is the last day of a month: 28 to 31.
func LastDay(year, month int) int { return calendar.NewDate(year, time.Month(month+1), 0).Day() }

// Exists says whether there is such a day in a year: 29 February only in leap years.
func (w Wrote) Exists(year int) bool { return w.Day <= LastDay(year, w.Month) }

// Date joins the parts, with the day capped to the month's last (29 February).
func (w Wrote) Date(year int) calendar.Date {
	return calendar.NewDate(year, time.Month(w.Month), min(w.Day, LastDay(year, w.Month)))
}

// SerialDate turns a 1900-system serial into a date.
func SerialDate(serial float64) calendar.Date {
	return calendar.NewDate(1899, time.December, 30) + calendar.Date(int(serial))
}

// CellDate reads a cell as a date. guessed is true where a bare serial number was taken for one.
func CellDate(c sheet.Cell) (w Wrote, guessed, ok bool) {
	switch c.Kind {
	case sheet.Date:
		if w = ofDay(SerialDate(c.Num)); numfmt.ShowsMonthOnly(c.Format) { // 2026年11月, whatever day lies beneath
			w.Day = 0
		}
		return w, false, w.possible()
	case sheet.Number:
		return numberDate(c)
	case sheet.Text:
		if w, ok := ParseWritten(c.Text); ok {
			return w, false, true
		}
		if n, err := strconv.Atoi(Plain(c.Text)); err == nil && isSerial(n) {
			return ofDay(SerialDate(float64(n))), true, true
		}
	}
	return Wrote{}, false, false
}

// numberDate reads a number as a date: 20220705, 2022.07, 8.31, or a serial number.
func numberDate(c sheet.Cell) (w Wrote, guessed, ok bool) {
	if w, ok := ParseWritten(c.Text); ok && w.Year > 0 && (w.Day > 0 || strings.Contains(c.Text, ".") || len(c.Text) == 6) {
		if whole, frac, _ := strings.Cut(c.Text, "."); len(whole) == 4 && frac == "1" {
			w.Month, w.Tenth = 10, c.Format != "0.00"
		}
		return w, false, true
	}
	if m := DecimalDate().FindStringSubmatch(c.Text); m != nil { // 8.31; of 7.1 nobody knows whether it was 7.10
		if w := (Wrote{Month: Atoi(m[1]), Day: Atoi(m[2])}); w.possible() {
			return w, true, len(m[2]) == 2 || w.Day > 3
		}
	}
	if c.Num == float64(int(c.Num)) && isSerial(int(c.Num)) {
		return ofDay(SerialDate(c.Num)), true, true
	}
	return Wrote{}, false, false
}

// IsTenth says whether a cell holds the number 2022.1, which is January, or October without its nought.
func IsTenth(c sheet.Cell) bool {
	if c.Kind != sheet.Number || !TenthText(c.Text) {
		return false
	}
	w, _, ok := numberDate(c)
	return ok && w.Tenth
}

// TenthText says whether a text is written like that: where the numbers of its column mean October, it may.
func TenthText(s string) bool {
	whole, frac, _ := strings.Cut(s, ".")
	return frac == "1" && len(whole) == 4 && strings.Trim(whole, "0123456789") == ""
}

// isSerial says whether a bare number is taken for a day: from 2000-01-01 until before 2070.
func isSerial(n int) bool { return n >= 36526 && n < 62094 }

func ofDay(d calendar.Date) Wrote {
	return Wrote{Year: d.Year(), Month: int(d.Month()), Day: d.Day()}
}

// DateText is a cell as text, dates as ISO, or as the month where the cell shows no day.
func DateText(c sheet.Cell) string {
	switch {
	case c.Kind == sheet.Date && numfmt.ShowsMonthOnly(c.Format): // 2026年11月, whatever day lies beneath
		d := SerialDate(c.Num)
		return strconv.Itoa(d.Year()) + "年" + strconv.Itoa(int(d.Month())) + "月"
	case c.Kind == sheet.Date:
		return SerialDate(c.Num).String()
	}
	return Tidy(c.Text)
}

// StartsDate says whether a text begins with a date, a month or a year and month.
func StartsDate(s string) bool {
	s = Plain(s)
	return ymd().MatchString(s) || md().MatchString(s) || zhDate().MatchString(s) && strings.ContainsAny(s, "年月") || ym().MatchString(s) || onlyM().MatchString(s) || eight().MatchString(s)
}
