package sheet

import (
	"math"
	"strings"
)

// class is what a number format makes of a number.
type class uint8

const (
	plainNumber class = iota
	dateOnly          // year, month or day
	dateTime          // with a time of day
	timeOnly          // h:mm
	elapsed           // [h]:mm
)

// style is what a reader needs of a cell format.
type style struct {
	class   class
	percent bool
	code    string // "" for General
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

// formatStyle classifies a format by its id and, where the file defines one, its code.
func formatStyle(id int, code string) style {
	if code == "" {
		code = builtin[id]
	}
	return codeStyle(code)
}

func codeStyle(code string) style {
	if isGeneral(code) {
		return style{}
	}
	c, pct := classify(code)
	return style{class: c, percent: pct, code: code}
}

// isGeneral knows the name of the General format as Excel and WPS write it.
func isGeneral(code string) bool {
	return code == "" || strings.EqualFold(code, "general") || strings.EqualFold(code, "G/通用格式")
}

// classify reads the first section of a format code (ECMA-376 18.8.31). Letters
// in quotes, after a backslash or in brackets ([Red], [$-804], [DBNum1]) mean
// nothing; e is a year in Chinese codes but an exponent in 0.0E+0; g may open
// General or G/通用格式.
func classify(code string) (c class, percent bool) {
	var day, clock, month, minute bool
scan:
	for i := 0; i < len(code); i++ {
		switch ch := code[i] | 0x20; {
		case code[i] == '"':
			j := strings.IndexByte(code[i+1:], '"')
			if j < 0 {
				break scan
			}
			i += j + 1
		case code[i] == '\\' || code[i] == '_' || code[i] == '*':
			i++
		case code[i] == '[':
			j := strings.IndexByte(code[i:], ']')
			if j < 0 {
				break scan
			}
			in := strings.ToLower(code[i+1 : i+j])
			if in != "" && (strings.Trim(in, "h") == "" || strings.Trim(in, "m") == "" || strings.Trim(in, "s") == "") {
				return elapsed, false
			}
			i += j
		case code[i] == ';':
			break scan
		case code[i] == '%':
			percent = true
		case ch == 'g' && len(code)-i >= 7 && strings.EqualFold(code[i:i+7], "general"):
			i += 6
		case ch == 'g' && i+1 < len(code) && code[i+1] == '/':
			i++
		case ch == 'e' && i+1 < len(code) && (code[i+1] == '+' || code[i+1] == '-'):
			i++
		case ch == 'a' && len(code)-i >= 5 && strings.EqualFold(code[i:i+5], "am/pm"):
			clock = true
			i += 4
		case ch == 'a' && len(code)-i >= 3 && strings.EqualFold(code[i:i+3], "a/p"):
			clock = true
			i += 2
		case ch == 'a' && len(code)-i >= 3 && strings.EqualFold(code[i:i+3], "aaa"):
			day = true // weekday in Chinese
			i += 2
		case ch == 'y', ch == 'd', ch == 'e', ch == 'b', ch == 'g':
			day = true
		case ch == 'h', ch == 's':
			clock = true
		case ch == 'm':
			n := 1
			for i+1 < len(code) && code[i+1]|0x20 == 'm' {
				i++
				n++
			}
			if n > 2 {
				month = true
			} else {
				minute = true // or a month: the company decides
			}
		}
	}
	switch {
	case (day || month) && clock:
		return dateTime, false
	case day, month, minute && !clock:
		return dateOnly, false
	case clock:
		return timeOnly, false
	}
	return plainNumber, percent
}

// number fills in a cell that holds a number, as its format and the date system
// say. Serials that are no date (below 0, past 9999, 0 under a pure date format,
// which Excel shows as 1900-01-00) stay numbers.
func (a *arena) setNumber(c *Cell, f float64, st *style, date1904 bool) {
	c.Kind, c.Num, c.Format, c.Percent = Number, f, st.code, st.percent
	switch st.class {
	case plainNumber:
		return
	case elapsed:
		if math.Abs(f) < maxSerial {
			c.Kind, c.Text = Time, a.duration(f)
		}
		return
	}
	if f >= 0 && f < 1 && (st.class != dateOnly || f > 0) && !(date1904 && st.class != timeOnly) {
		c.Kind, c.Text = Time, a.duration(math.Round(f*daySeconds)/daySeconds)
		return
	}
	if f == 0 && !date1904 {
		return
	}
	if date1904 {
		f += shift1904
	}
	if t, ok := a.serialDate(f); ok {
		c.Kind, c.Num, c.Text = Date, f, t
	}
}
