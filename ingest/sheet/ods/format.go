package ods

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"taizhang/ingest/numfmt"
)

// An OpenDocument cell names no format code, but holds beside its value the text
// that is shown (ODF 1.3 part 3, 9.1.4). What a reader needs of the format, that
// a date shows its month only or a number a unit, is told by the two together.

// monthShown is a date of which year and month are shown: 2026年11月, 2026-11,
// 二〇二六年十一月, Nov-26, November 2026.
var monthShown = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\d{4} ?[-/.年] ?\d{1,2} ?月?|[〇零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月|[A-Z][a-z]{2,8}[- ](\d{2}|\d{4}))$`)
})

// shownDate gives a format of the kind that shows a date so; "" where it shows
// more than the month.
func shownDate(text []byte) string {
	if len(text) > 0 && len(text) <= 40 && monthShown().Match(bytes.TrimSpace(text)) {
		return numfmt.Builtin(27)
	}
	return ""
}

// shownNumber gives a format of the kind that shows a number so: 1,234.6万 for
// 12345678 is 0!.0,"万". It is "" where nothing but digits is shown, of about the
// size of the number, and where the two can't be brought together.
func shownNumber(num float64, text []byte) string {
	if code := shownCode(num, string(text)); code != "" {
		return code
	}
	at := bytes.IndexAny(text, "0123456789.")
	if at < 0 || len(text) > 60 {
		return ""
	}
	shown := digitsAt(text, at)
	m, err := strconv.ParseFloat(shown.digits, 64)
	unit := strings.TrimSpace(string(text[shown.end:]))
	if err != nil || strings.ContainsAny(unit, "0123456789%\"") {
		return ""
	}
	unit = strings.TrimRight(unit, ")") // a negative number in brackets
	tolerance := 0.5001 * math.Pow10(-shown.frac)
	for _, k := range []int{0, 3, 4, 6, 8} {
		if math.Abs(math.Abs(num)/math.Pow10(k)-m) <= tolerance {
			return shown.code(k, unit)
		}
	}
	return ""
}

// shownDigits are the digits that a number is shown by.
type shownDigits struct {
	digits string // with a point, without commas
	frac   int    // behind the point
	end    int    // where they end in the text
}

// digitsAt reads the digits that begin at text[at].
func digitsAt(text []byte, at int) (out shownDigits) {
	point := false
	for out.end = at; out.end < len(text); out.end++ {
		c := text[out.end]
		switch {
		case c-'0' <= 9:
			if point {
				out.frac++
			}
		case c == '.' && !point:
			point = true
		case c == ',' && !point:
			continue
		default:
			return out
		}
		out.digits += string(c)
	}
	return out
}

// code is the format that shows a number so which is 10^k times what is shown, with a unit behind it.
func (d *shownDigits) code(k int, unit string) string {
	whole := !strings.Contains(d.digits, ".")
	switch {
	case k == 0 && whole && len(d.digits) > 1 && d.digits[0] == '0':
		return strings.Repeat("0", len(d.digits)) // 0012, as a number that is a code
	case unit != "":
		return scaledCode(k, d.frac) + `"` + unit + `"`
	case k == 0:
		return ""
	}
	return scaledCode(k, d.frac)
}

// shownCode gives a format of the kind that shows a whole number among other letters and marks, with the noughts in front
// of it: CL-001 for 1 is "CL-"000. It is "" where no letter or mark stands before or between the digits.
func shownCode(num float64, text string) string {
	if num < 0 || num != math.Trunc(num) || num >= 1e15 || len(text) > 60 || strings.ContainsAny(text, "\".,，%") {
		return ""
	}
	whole := strconv.FormatFloat(num, 'f', -1, 64)
	for at := range text {
		if text[at]-'0' > 9 || at > 0 && text[at-1]-'0' <= 9 {
			continue
		}
		digits, marked := "", strings.ContainsFunc(text[:at], unicode.IsLetter)
		var code strings.Builder
		if at > 0 {
			code.WriteString(`"` + text[:at] + `"`)
		}
		for _, r := range text[at:] {
			if r >= '0' && r <= '9' {
				digits += string(r)
				code.WriteByte('0')
				continue
			}
			code.WriteString(`"` + string(r) + `"`)
			marked = marked || strings.ContainsRune("-_/", r)
		}
		if strings.TrimLeft(digits, "0") == strings.TrimLeft(whole, "0") && marked {
			return strings.ReplaceAll(code.String(), `""`, "")
		}
	}
	return ""
}

// scaledCode writes a number of frac decimals divided by 10^k as a format code.
func scaledCode(k, frac int) string {
	zeros := strings.Repeat("0", frac)
	switch {
	case k%3 == 0 && frac > 0:
		return "0." + zeros + strings.Repeat(",", k/3)
	case k%3 == 0:
		return "0" + strings.Repeat(",", k/3)
	case frac > 0 && frac <= k && (k-frac)%3 == 0:
		return "0!." + zeros + strings.Repeat(",", (k-frac)/3)
	}
	return "0!." + strings.Repeat("0", k) // fewer decimals are shown than Excel could
}
