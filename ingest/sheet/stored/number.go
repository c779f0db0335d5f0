package stored

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"taizhang/ingest/numfmt"
	"taizhang/ingest/sheet"
)

// pow10 holds the powers of ten that a float64 represents exactly.
var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// Decimal is a plain decimal as it stands in a file: [-]digits[.digits].
type Decimal struct {
	Mant   uint64
	digits int // significant ones, from the first that isn't 0
	frac   int // digits after the point
	Neg    bool
	plain  bool // nothing but sign, digits and point, without needless zeros in front
	Tail   bool // ends in 0 after the point, or in the point
}

// ScanDecimal reads digits from b[p] up to the first other byte, whose place it returns.
func ScanDecimal(b []byte, p int) (d Decimal, end int) {
	if p < len(b) && b[p] == '-' {
		d.Neg = true
		p++
	}
	at := p
	for p < len(b) && b[p]-'0' <= 9 {
		d.Mant = d.Mant*10 + uint64(b[p]-'0')
		p++
	}
	whole := p - at
	d.digits = whole
	if whole > 0 && b[at] == '0' {
		if whole > 1 {
			return d, p // 007: not the way a number is stored
		}
		d.digits = 0
	}
	d.plain = whole > 0
	if p < len(b) && b[p] == '.' {
		p++
		at = p
		for p < len(b) && b[p]-'0' <= 9 {
			d.Mant = d.Mant*10 + uint64(b[p]-'0')
			if d.Mant != 0 {
				d.digits++
			}
			p++
		}
		d.frac = p - at
		d.Tail = d.frac == 0 || b[p-1] == '0'
	}
	return d, p
}

// Exact reports that float() is the nearest float64 (Clinger's fast case).
func (d *Decimal) Exact() bool { return d.plain && d.digits <= 15 && d.frac <= 22 }

// Float is the number; see [Decimal.Exact].
func (d *Decimal) Float() float64 {
	f := float64(d.Mant)
	if d.frac > 0 {
		f /= pow10[d.frac]
	}
	if d.Neg {
		f = -f
	}
	return f
}

// Number makes a Number's Num and Text from the digits in a file.
//
// The text is the file's own plain decimal, which keeps 18-digit numbers whole,
// or the shortest decimal of the float64 where the file writes an exponent or
// the 17 digits of a binary fraction (4.4999999999999998E-2 → 0.045, while
// 0.30000000000000004 stays: it is another number than 0.3).
func (a *Arena) Number(raw []byte) (num float64, text string, ok bool) {
	d, end := ScanDecimal(raw, 0)
	if end == len(raw) && d.Exact() {
		if d.Mant == 0 {
			return 0, "0", true
		}
		if d.Tail {
			raw = TrimDecimal(raw)
		}
		return d.Float(), a.Add(raw), true
	}
	f, err := strconv.ParseFloat(View(raw), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || !numeric(raw) {
		return 0, "", false
	}
	if end == len(raw) && d.plain && d.frac == 0 && !d.Tail {
		return f, a.Add(raw), true
	}
	return f, a.Float(f), true
}

// numeric keeps out what only ParseFloat takes for numbers: 0x1p4, 1_000, Infinity.
func numeric(raw []byte) bool {
	for _, c := range raw {
		switch {
		case c-'0' <= 9, c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return false
		}
	}
	return true
}

// Float is the shortest plain decimal of f.
func (a *Arena) Float(f float64) string {
	if f == 0 {
		return "0" // also for -0
	}
	a.room(32)
	at := len(a.block)
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		a.block = strconv.AppendInt(a.block, int64(f), 10)
		return a.from(at)
	}
	var tmp [340]byte // 1e-308 is longer than the block may have room for
	return a.Add(strconv.AppendFloat(tmp[:0], f, 'f', -1, 64))
}

// TrimDecimal drops the zeros at the end of a fraction, and its point with the last.
func TrimDecimal(raw []byte) []byte {
	n := len(raw)
	for raw[n-1] == '0' {
		n--
	}
	if raw[n-1] == '.' {
		n--
	}
	return raw[:n]
}

// SetNumber fills in a cell that holds a number, as its format and the date system
// say. Serials that are no date (below 0, past 9999, 0 under a pure date format,
// which Excel shows as 1900-01-00) stay numbers.
func (a *Arena) SetNumber(c *sheet.Cell, f float64, st *numfmt.Format, date1904 bool) {
	c.Kind, c.Num, c.Format, c.Percent = sheet.Number, f, st.Code, st.Percent
	switch st.Class {
	case numfmt.Number:
		return
	case numfmt.Elapsed:
		if math.Abs(f) < maxSerial {
			c.Kind, c.Text = sheet.Time, a.Duration(f)
		}
		return
	}
	if f >= 0 && f < 1 && (st.Class != numfmt.Date || f > 0) && !(date1904 && st.Class != numfmt.Time) {
		c.Kind, c.Text = sheet.Time, a.Duration(math.Round(f*daySeconds)/daySeconds)
		return
	}
	if f == 0 && !date1904 {
		return
	}
	if date1904 {
		f += shift1904
	}
	if t, ok := a.serialDate(f); ok {
		c.Kind, c.Num, c.Text = sheet.Date, f, t
	}
}

// NotANumber knows what programs write that know only IEEE 754's values; Excel
// itself stores #NUM!.
func NotANumber(raw []byte) bool {
	s := strings.ToLower(string(bytes.TrimLeft(raw[:min(len(raw), 12)], "+-")))
	return strings.HasPrefix(s, "nan") || s == "inf" || s == "infinity" || strings.HasPrefix(s, "1.#") // 1.#QNAN, 1.#INF00
}
