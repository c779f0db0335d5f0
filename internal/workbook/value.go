package workbook

import (
	"fmt"
	"math"
	"strings"
	"time"

	"taizhang/internal/rounded"
)

// Number formats used more than once.
const (
	FormatInt     = `#,##0`
	FormatPercent = `0.0%`
	FormatDate    = `yyyy-mm-dd`
	FormatTime    = `yyyy-mm-dd hh:mm`
	FormatPoints  = `+0.0;-0.0;0.0`
)

// asCell wraps a plain value.
func asCell(v any) Cell {
	if c, ok := v.(Cell); ok {
		return c
	}
	return Cell{Value: v}
}

// textOf is the text that a text-like cell shows.
func textOf(c Cell) string {
	switch v := c.Value.(type) {
	case nil:
		if c.Light != "" {
			return string(c.Light)
		}
		return ""
	case string:
		return v
	case Light:
		return string(v)
	}
	return fmt.Sprint(c.Value)
}

// number reads any numeric value; ok is false for the others, NaN and infinities.
func number(v any) (f float64, ok bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int32:
		return float64(v), true
	case int64:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case float32:
		return number(float64(v))
	}
	return 0, false
}

// kindFormat is the number format of a kind; decimals matter to Num and Wan.
func kindFormat(k Kind, decimals int) string {
	switch k {
	case Int:
		return FormatInt
	case Num, Wan:
		if decimals == 0 {
			return FormatInt
		}
		return FormatInt + "." + strings.Repeat("0", decimals)
	case Percent:
		return FormatPercent
	case Points:
		return FormatPoints
	case Date:
		return FormatDate
	case Time:
		return FormatTime
	}
	return ""
}

// padded keeps numbers off the cell's right edge. An indent would do, but
// LibreOffice heeds it in some columns only.
func padded(format string) string {
	if format == "" {
		return ""
	}
	var b strings.Builder
	quoted := false
	for _, r := range format {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ';' && !quoted:
			b.WriteString("_ ")
		}
		b.WriteRune(r)
	}
	return b.String() + "_ "
}

// decimalsOf is how many decimals, at most two, a column's values need.
func decimalsOf(k Kind, values []any) int {
	need := 0
	for _, v := range values {
		f, ok := number(asCell(v).Value)
		if !ok {
			continue
		}
		if k == Wan {
			f /= 1e4
		}
		for need < 2 && math.Abs(f*pow10(need)-math.Round(f*pow10(need))) > 1e-6 {
			need++
		}
	}
	return need
}

func pow10(n int) float64 { return math.Pow(10, float64(n)) }

// scaled is the value as it is written: money in 万元, whole numbers as such.
func scaled(k Kind, v any) any {
	if k == Wan {
		if f, ok := number(v); ok {
			return math.Round(f*100) / 1e6
		}
	}
	switch v := v.(type) {
	case float64:
		if _, ok := number(v); !ok {
			return nil
		}
		return v
	case Light:
		return string(v)
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return time.Date(v.Year(), v.Month(), v.Day(), v.Hour(), v.Minute(), v.Second(), 0, time.UTC)
	}
	return v
}

// display is about what a cell shows, for its width.
func display(c Cell) string {
	switch v := c.Value.(type) {
	case time.Time:
		if c.Kind == Time {
			return "2022-08-15 12:00"
		}
		return "2022-08-15"
	case string:
		return v
	}
	f, ok := number(c.Value)
	if !ok {
		return textOf(c)
	}
	if c.Format != "" {
		return formatted(c.Format, f)
	}
	switch c.Kind {
	case Percent:
		return rounded.Percent(f, 1)
	case Points:
		return "+" + rounded.Text(math.Abs(f), 1)
	case Wan:
		f /= 1e4
	}
	return grouped(f, decimalsOf(Num, []any{f}))
}

// formatted is about what a number format makes of f: its longest section's
// literals and decimals around the number.
func formatted(format string, f float64) string {
	longest := ""
	for _, section := range strings.Split(format, ";") {
		var literal strings.Builder
		parts := strings.Split(section, `"`)
		codes := ""
		for i, p := range parts {
			if i%2 == 1 {
				literal.WriteString(p)
			} else {
				codes += p
			}
		}
		if strings.ContainsAny(codes, "0#") {
			v := f
			if strings.Contains(codes, "%") {
				v *= 100
				literal.WriteString("%")
			}
			_, decimals, _ := strings.Cut(codes, ".")
			literal.WriteString(grouped(v, strings.Count(decimals, "0")))
		}
		if s := literal.String(); measure(s, sizeBody) > measure(longest, sizeBody) {
			longest = s
		}
	}
	return longest
}

// grouped writes f with thousands separators.
func grouped(f float64, decimals int) string {
	s := rounded.Text(math.Abs(f), decimals)
	whole, frac, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if frac != "" {
		whole += "." + frac
	}
	if f < 0 {
		whole = "-" + whole
	}
	return whole
}
