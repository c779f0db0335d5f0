package cell

import (
	"regexp"
	"strconv"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/numfmt"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

func (t *Typer) readInt(c *sheet.Cell, raw string, col *forms.Column, facts Facts) (Value, *fault) {
	n, ok := written.ParseInt(raw)
	s := scale(c)
	if odd := oddCount(c, s, facts); odd != "" {
		return Value{}, because(finding.CountUnreadable(col.Title, t.Quote(odd, 20)))
	}
	unit, said := countUnit(s, facts)
	if unit > 0 { // 百个: 4 is 400, 4.5 is 450, and 400个 says its own
		if scaled, bare, whole := written.ScaledInt(c.Text, unit); bare {
			n, ok = scaled, whole
		}
	}
	if c.Kind == sheet.Date || c.Kind == sheet.Bool {
		ok = false
	}
	if !ok && c.Kind == sheet.Number && unit == 0 {
		if d, err := written.ParseDecimal(c.Text); err == nil {
			if r, lost := d.Rounded(0); lost == 1 && r.IsInt64() {
				n, ok = r.Int64(), true
			}
		}
	}
	if !ok && col.InKey && c.Kind == sheet.Text { // 期次, 交办批次: a number that tells one of several
		which, several := written.Ordinal(raw)
		switch {
		case several:
			return Value{}, because(finding.SeveralOrdinals(col.Title, t.Quote(raw, 30)))
		case which == 0 && lastOne().MatchString(written.Squash(raw)):
			return Value{}, because(finding.OrdinalUnsaid(col.Title, t.Quote(raw, 30)))
		}
		n, ok = int64(which), which > 0
	}
	if !ok {
		switch n := aboutNumber(raw); {
		case written.HasGap(raw):
			return Value{}, because(finding.NumberWithGap(col.Title, t.Quote(raw, 30)))
		case amountsOf().MatchString(written.Squash(raw)):
			return Value{}, because(finding.SeveralNumbers(col.Title, t.Quote(raw, 30)))
		case n != "":
			return Value{}, because(finding.InexactInteger(col.Title, t.Quote(raw, 30), n))
		}
		if bare, ok := exactly(raw); ok { // 36（其中女12）
			if n, ok := written.ParseInt(bare); ok {
				return Value{}, because(finding.InexactInteger(col.Title, t.Quote(raw, 30), strconv.FormatInt(n, 10)))
			}
		}
		return Value{}, because(finding.NotInteger(col.Title, t.Quote(raw, 30)))
	}
	if n > 1e12 {
		return Value{}, because(finding.IntegerTooLarge(col.Title, t.Quote(raw, 30)))
	}
	if n < 0 {
		return Value{}, because(finding.IntegerNegative(col.Title, n))
	}
	v := Value{Set: true, Text: strconv.FormatInt(n, 10)}
	if s.Power != 0 && !said {
		return v, because(finding.FormatScaled(col.Title, t.Quote(c.Text, 20), v.Text, ""))
	}
	return v, nil
}

// lastOne names one of several without its number: 尾款 is the last, of nobody says how many.
var lastOne = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(尾|余|末|最后|剩余|第?末|中期|进度|定|订|保证|预付|预缴)(一)?(期|款|金|笔|批|期款|付款|次)*$`)
})

// oddCount is a unit that a bare number is counted in and that nobody knows for certain: K, as its number format shows, else
// the heading.
func oddCount(c *sheet.Cell, s numfmt.Scaling, facts Facts) string {
	if c.Kind != sheet.Number {
		if _, bare, _ := written.ScaledInt(c.Text, 0); !bare { // 400个
			return ""
		}
		return facts.OddUnit
	}
	if odd := written.OddCount(s.Literal); odd != "" {
		return odd
	}
	return facts.OddUnit
}

// countUnit is the power of ten in which a count is written: what its number format shows behind it (4"百个"), else the
// heading's; said: the format says it.
func countUnit(s numfmt.Scaling, facts Facts) (exp int, said bool) {
	if exp, _, ok := written.CountScale(s.Literal); ok {
		return exp - s.Power, true
	}
	return facts.Unit, false
}
