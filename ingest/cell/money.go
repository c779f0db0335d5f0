package cell

import (
	"math/big"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/numfmt"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// scale is what a number format makes of a cell's size; nothing of texts and of the formats that most cells have.
func scale(c *sheet.Cell) numfmt.Scaling {
	if c.Kind != sheet.Number || plainFormat(c.Format) {
		return numfmt.Scaling{Understood: true}
	}
	return numfmt.ScalingOf(c.Format, c.Num)
}

// plainFormat knows 0.00 and #,##0.00 without looking closer.
func plainFormat(format string) bool {
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case c == '0' || c == '#' || c == '.':
		case c == ',' && i+1 < len(format) && (format[i+1] == '#' || format[i+1] == '0'):
		default:
			return format == "General"
		}
	}
	return true
}

// StatesUnit says whether a cell states the unit of its amount itself, in its text or its number format.
func StatesUnit(c *sheet.Cell) bool {
	if c.Kind != sheet.Number {
		_, _, ok := written.MoneyText(c.Text)
		return ok
	}
	s := scale(c)
	return s.Says() || s.Plain() && s.HasUnit
}

// OwnUnit is the unit of an amount, as a power of ten of one yuan, that its cell states by itself.
func OwnUnit(c *sheet.Cell) (unit int, ok bool) {
	if c.Kind != sheet.Number {
		_, unit, ok = written.MoneyText(c.Text)
		return unit, ok
	}
	s := scale(c)
	return s.Unit, !s.Says() && s.Plain() && s.HasUnit
}

// amountUnit is the power of ten by which an amount is yuan: as the cell states, else its column. A format that scales
// counts only where its text says the same: 0!.0,"万" shows yuan. Of any other the stored value is taken.
func amountUnit(c *sheet.Cell, unit int, inText bool, s numfmt.Scaling, facts Facts) int {
	switch {
	case c.Kind != sheet.Number && inText:
		return unit
	case s.Says():
		return 0
	case s.Plain() && s.HasUnit:
		return s.Unit
	}
	return facts.Unit
}

// oddUnit is the unit of a cell that is none of money in yuan; the column's counts unless the cell states its own.
func oddUnit(c *sheet.Cell, s numfmt.Scaling, facts Facts) (string, bool) {
	if c.Kind == sheet.Number {
		if word, odd := written.OddFormat(c.Format, s.Literal); odd {
			return word, true
		}
	}
	return facts.OddUnit, facts.OddUnit != "" && !StatesUnit(c)
}

// unitWord is how the unit of a column is called; "" where it isn't known.
func unitWord(facts Facts) string {
	for _, w := range []string{"元", "百元", "千元", "万元", "百万元", "亿元"} {
		if facts.UnitKnown && written.MoneyUnits[w] == facts.Unit {
			return w
		}
	}
	return ""
}

var maxMoney = new(big.Int).Exp(big.NewInt(10), big.NewInt(18), nil)

func (t *Typer) readMoney(c *sheet.Cell, raw string, col *forms.Column, facts Facts) (Value, *fault) {
	num, unit, hasUnit := raw, 0, false
	if c.Kind == sheet.Number {
		num = c.Text
	} else {
		num, unit, hasUnit = written.MoneyText(raw)
	}
	if c.Kind == sheet.Date || c.Kind == sheet.Bool {
		return Value{}, because(finding.MoneyIsDate(col.Title))
	}
	s := scale(c)
	if word, odd := oddUnit(c, s, facts); odd {
		return Value{}, because(finding.UnitUnreadable(col.Title, t.Quote(word, 20)))
	}
	d, err := written.ParseDecimal(num)
	if err != nil {
		if written.HasGap(num) {
			return Value{}, because(finding.NumberWithGap(col.Title, t.Quote(raw, 30)))
		}
		f := finding.NotMoney(col.Title, t.Quote(raw, 30), unitWord(facts))
		if bare, ok := exactly(raw); ok {
			if num, _, _ := written.MoneyText(bare); num != "" {
				if _, err := written.ParseDecimal(num); err == nil {
					f.Suggest = t.Quote(bare, 30)
				}
			}
		}
		return Value{}, &f
	}
	d.Exp += amountUnit(c, unit, hasUnit, s, facts)
	n, lost := d.Rounded(2)
	if n.CmpAbs(maxMoney) >= 0 {
		return Value{}, because(finding.MoneyTooLarge(col.Title, t.Quote(raw, 30)))
	}
	v := Value{Set: true, Text: written.Fixed(n, 2)}
	switch {
	case n.Sign() < 0:
		return Value{}, because(finding.MoneyNegative(col.Title, t.Quote(raw, 30)))
	case s.Power != 0 && !s.Says():
		return v, because(finding.FormatScaled(col.Title, t.Quote(c.Text, 20), v.Text, "元"))
	case lost == 2:
		return v, because(finding.MoneyRounded(col.Title, t.Quote(raw, 30)))
	}
	return v, nil
}
