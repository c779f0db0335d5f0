// Package numfmt reads the number formats of cells (ECMA-376 18.8.31): what they make of the number below.
//
// Words: a format's code is what stands in the file (0.00, yyyy"年"m"月"); its class says whether it shows a number, a date
// or a time; a section is one of up to four parts for positive and negative numbers, nought and texts; scaling is what
// makes a number look smaller or larger than it is stored (0!.0,"万"). A code is taken apart in one place (signs.go); what
// asks it (class, scaling, shown text) goes through the signs.
package numfmt

import (
	"strings"
	"sync"
	"sync/atomic"
)

// Class is what a number format makes of a number.
type Class uint8

const (
	Number   Class = iota
	Date           // year, month or day
	DateTime       // with a time of day
	Time           // h:mm
	Elapsed        // [h]:mm
)

// Format is what a reader needs of a number format.
type Format struct {
	Class   Class
	Percent bool
	Code    string // "" for General
	Hides   Hiding // values of which nothing is shown
}

// builtin codes of ECMA-376 18.8.30: the general ones, and the zh-cn ones of
// 27–36 and 50–58, which Excel and WPS in China write without a definition.
var builtin = map[int]string{
	1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
	5: `"¥"#,##0;"¥"\-#,##0`, 6: `"¥"#,##0;[Red]"¥"\-#,##0`, 7: `"¥"#,##0.00;"¥"\-#,##0.00`, 8: `"¥"#,##0.00;[Red]"¥"\-#,##0.00`,
	9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
	14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
	18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
	27: `yyyy"年"m"月"`, 28: `m"月"d"日"`, 29: `m"月"d"日"`, 30: "m-d-yy", 31: `yyyy"年"m"月"d"日"`,
	32: `h"时"mm"分"`, 33: `h"时"mm"分"ss"秒"`, 34: `上午/下午h"时"mm"分"`, 35: `上午/下午h"时"mm"分"ss"秒"`, 36: `yyyy"年"m"月"`,
	37: "#,##0;-#,##0", 38: "#,##0;[Red]-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;[Red]-#,##0.00",
	41: `_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ `, 42: `_ "¥"* #,##0_ ;_ "¥"* -#,##0_ ;_ "¥"* "-"_ ;_ @_ `,
	43: `_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `, 44: `_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ `,
	45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
	50: `yyyy"年"m"月"`, 51: `m"月"d"日"`, 52: `yyyy"年"m"月"`, 53: `m"月"d"日"`, 54: `m"月"d"日"`,
	55: `上午/下午h"时"mm"分"`, 56: `上午/下午h"时"mm"分"ss"秒"`, 57: `yyyy"年"m"月"`, 58: `m"月"d"日"`,
}

// Builtin is the code of a format that files name by its id alone; "" for General and where there is none.
func Builtin(id int) string { return builtin[id] }

// OfID reads a format by its id and, where the file defines one, its code.
func OfID(id int, code string) Format {
	if code == "" {
		code = builtin[id]
	}
	return Of(code)
}

// Of reads a format's code.
func Of(code string) Format {
	if IsGeneral(code) {
		return Format{}
	}
	class, percent := classOf(code)
	return Format{class, percent, code, hiding(code)}
}

// IsGeneral knows the name of the General format as Excel and WPS write it.
func IsGeneral(code string) bool {
	return code == "" || strings.EqualFold(code, "general") || strings.EqualFold(code, "G/通用格式")
}

// timeParts are what the first section of a format shows of a time.
type timeParts struct {
	day, clock, month bool
	minute            bool // or a month: the company decides
}

func (p timeParts) class() Class {
	switch {
	case (p.day || p.month) && p.clock:
		return DateTime
	case p.day, p.month, p.minute && !p.clock:
		return Date
	case p.clock:
		return Time
	}
	return Number
}

// classOf reads the first section of a code. Letters in quotes, after a
// backslash or in brackets ([Red], [$-804], [DBNum1]) mean nothing; e is a year
// in Chinese codes but an exponent in 0.0E+0; g may open General or G/通用格式.
func classOf(code string) (c Class, percent bool) {
	var p timeParts
	for s, rest := next(code); s.kind != end && s.kind != semicolon && !s.open; s, rest = next(rest) {
		switch s.kind {
		case bracket:
			if s.elapsed() {
				return Elapsed, false
			}
		case percentSign:
			percent = true
		case halfDay:
			p.clock = true
		case letters:
			p.take(s)
		}
	}
	c = p.class()
	return c, percent && c == Number
}

func (p *timeParts) take(s sign) {
	switch s.letter() {
	case 'y', 'd', 'e', 'b', 'g':
		p.day = true
	case 'a':
		p.day = p.day || len(s.text) >= 3 // the day of the week, in Chinese
	case 'h', 's':
		p.clock = true
	case 'm':
		if len(s.text) > 2 {
			p.month = true
		} else {
			p.minute = true
		}
	}
}

// ShowsMonthOnly reports whether a date format shows year and month and no day:
// yyyy"年"m"月", mmm-yy, yyyy-mm, [$-804]yyyy"年"m"月";@. The date beneath may be
// any of the month, or of another one by an hour; what is shown is what was meant.
func ShowsMonthOnly(code string) bool {
	if known, ok := monthOnly.Load(code); ok {
		return known.(bool)
	}
	only := showsMonthOnly(code)
	if monthOnlyKnown.Add(1) <= 1000 { // a hostile file must not fill the memory
		monthOnly.Store(strings.Clone(code), only)
	}
	return only
}

// monthOnly keeps what ShowsMonthOnly said of a code: every date asks, and few codes are in use.
var (
	monthOnly      sync.Map
	monthOnlyKnown atomic.Int64
)

func showsMonthOnly(code string) bool {
	if c, _ := classOf(code); c != Date {
		return false
	}
	year, month := false, false
	for s, rest := next(code); s.kind != end && s.kind != semicolon; s, rest = next(rest) {
		if s.open || s.showsDay() {
			return false
		}
		if s.kind == letters {
			year = year || strings.IndexByte("yeb", s.letter()) >= 0
			month = month || s.letter() == 'm'
		}
	}
	return year && month
}

// showsDay says whether a sign shows a day, of the month or of the week, be it as a text: yyyy"年"m"月1日".
func (s sign) showsDay() bool {
	switch s.kind {
	case quoted:
		return strings.ContainsAny(s.text, "0123456789日号一二三四五六七八九十")
	case escaped, other:
		return s.text != "" && strings.Contains("0123456789日号", s.text)
	case place:
		return s.text == "0"
	case letters:
		return s.letter() == 'd' || s.letter() == 'a'
	}
	return false
}
