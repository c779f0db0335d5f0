package cell

import (
	"math/big"
	"strconv"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// Differs says whether two amounts lie further apart than the tolerance; all three in the same unit.
func Differs(a, b, tolerance *big.Int) bool {
	d := new(big.Int).Sub(a, b)
	return d.Abs(d).Cmp(tolerance) > 0
}

// AmountScale is the precision of totals: tenths of a fen, so that rounding at half a fen is seen.
const AmountScale = 3

// Amount reads a number of a money or int column at amountScale (yuan, or pieces), with the decimals it shows.
func Amount(c *sheet.Cell, col *forms.Column, facts Facts) (n *big.Int, shownDecimals int, ok bool) {
	if c.Kind == sheet.Empty || c.Kind == sheet.Error || c.Kind == sheet.Date {
		return nil, 0, false
	}
	num, unit, hasUnit := written.MoneyText(c.Text)
	if c.Kind == sheet.Number {
		num, hasUnit = c.Text, false
	}
	s := scale(c)
	if _, odd := oddUnit(c, s, facts); odd && col.Type == forms.Money || col.Type == forms.Int && oddCount(c, s, facts) != "" {
		return nil, 0, false
	}
	unit = amountUnit(c, unit, hasUnit, s, facts)
	if col.Type == forms.Int {
		exp, _ := countUnit(s, facts)
		if unit = 0; exp > 0 {
			if _, bare, _ := written.ScaledInt(c.Text, exp); bare {
				unit = exp
			}
		}
		if v, good := written.ParseInt(c.Text); good {
			num = strconv.FormatInt(v, 10)
		}
	}
	d, err := written.ParseDecimal(num)
	if err != nil {
		return nil, 0, false
	}
	shownDecimals = min(max(0, -d.Exp), 6)
	if places, fixedFormat := formatDecimals(c.Format); c.Kind == sheet.Number && fixedFormat {
		shownDecimals = places
	}
	d.Exp += unit
	n, _ = d.Rounded(AmountScale)
	return n, shownDecimals - unit, true
}

// formatDecimals is the number of decimals that a number format shows; ok is false for General.
func formatDecimals(format string) (int, bool) {
	main, _, _ := strings.Cut(format, ";")
	if !strings.ContainsAny(main, "0#") {
		return 0, false
	}
	i := strings.IndexByte(main, '.')
	if i < 0 {
		return 0, true
	}
	n := 0
	for _, r := range main[i+1:] {
		if r != '0' && r != '#' {
			break
		}
		n++
	}
	return n, true
}

// Halves is half a unit in a decimal place, times: what rounding may add up to.
func Halves(places, times int, c *forms.Column) *big.Int {
	if c.Type != forms.Money || AmountScale-places <= 0 {
		return new(big.Int)
	}
	h := new(big.Int).Mul(written.Pow10(AmountScale-places), big.NewInt(int64(times)))
	return h.Rsh(h, 1)
}

// InUnit writes an amount in the unit of its column.
func InUnit(n *big.Int, c *forms.Column, facts Facts) string {
	scale := AmountScale
	name := ""
	if c.Type == forms.Money {
		scale += facts.Unit
		for _, w := range []string{"元", "百元", "千元", "万元", "百万元", "亿元"} {
			if written.MoneyUnits[w] == facts.Unit {
				name = w
			}
		}
	}
	s := written.Fixed(n, scale)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s + name
}
