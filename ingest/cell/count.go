package cell

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/numfmt"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// readInt reads a count, or a number that tells one of several.
func (t *Typer) readInt(c *sheet.Cell, raw string, col *forms.Column, facts Facts) (Value, *fault) {
	s := scale(c)
	if odd := oddCount(c, s, facts); odd != "" {
		return Value{}, because(finding.CountUnreadable(col.Title, t.Quote(odd, 20)))
	}
	unit, said := countUnit(s, facts)
	n, ok := wholeNumber(c, raw, unit)
	if !ok && col.InKey && c.Kind == sheet.Text {
		var f *fault
		if n, f = t.ordinal(raw, col); f != nil {
			return Value{}, f
		}
		ok = n > 0
	}
	switch {
	case !ok:
		return Value{}, t.notWhole(raw, col)
	case n > 1e12:
		return Value{}, because(finding.IntegerTooLarge(col.Title, t.Quote(raw, 30)))
	case n < 0:
		return Value{}, because(finding.IntegerNegative(col.Title, n))
	}
	v := Value{Set: true, Text: strconv.FormatInt(n, 10)}
	if s.Power != 0 && !said {
		return v, because(finding.FormatScaled(col.Title, t.Quote(c.Text, 20), v.Text, ""))
	}
	return v, nil
}

// wholeNumber reads a count that is written in a power of ten.
func wholeNumber(c *sheet.Cell, raw string, unit int) (n int64, ok bool) {
	n, ok = written.ParseInt(raw)
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
	return n, ok
}

// ordinal reads a number that tells one of several (期次, 交办批次); 0 where there is none.
func (t *Typer) ordinal(raw string, col *forms.Column) (int64, *fault) {
	which, several := written.Ordinal(strings.TrimPrefix(written.Plain(raw), fmt.Sprintf("%d年", t.Period.End().Year()))) // 2026年第一批: of another year there may be a first one, too
	switch {
	case several:
		return 0, because(finding.SeveralOrdinals(col.Title, t.Quote(raw, 30)))
	case which == 0 && lastOne().MatchString(spelling.Squash(raw)):
		return 0, because(finding.OrdinalUnsaid(col.Title, t.Quote(raw, 30)))
	}
	return int64(which), nil
}

// notWhole says what is wrong with a text that is no count.
func (t *Typer) notWhole(raw string, col *forms.Column) *fault {
	switch n := aboutNumber(raw); {
	case written.HasGap(raw):
		return because(finding.NumberWithGap(col.Title, t.Quote(raw, 30)))
	case amountsOf().MatchString(spelling.Squash(raw)):
		return because(finding.SeveralNumbers(col.Title, t.Quote(raw, 30)))
	case n != "":
		return because(finding.InexactInteger(col.Title, t.Quote(raw, 30), n))
	}
	if bare, ok := exactly(raw); ok { // 36（其中女12）
		if n, ok := written.ParseInt(bare); ok {
			return because(finding.InexactInteger(col.Title, t.Quote(raw, 30), strconv.FormatInt(n, 10)))
		}
	}
	return because(finding.NotInteger(col.Title, t.Quote(raw, 30)))
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
