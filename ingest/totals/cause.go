package totals

import (
	"math/big"

	"taizhang/ingest/cell"
	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/written"
)

// cause is the one row that explains why a total differs from the sum of its rows.
type cause struct {
	line   *layout.Line
	meant  *big.Int // what the row must be for the total to be right; nil: the total leaves the row out
	inUnit string   // meant as it would be written there
}

const slips = 8 // places by which an amount may have slipped: 元 under 亿元

// causeOf looks for the one row by which a total and the sum of its rows differ: a row that is 10, 1,000, 10,000 times what
// it must be, as where somebody filled in 元 under 万元, or a row that the total leaves out. nil where none or several are.
func (r *Return) causeOf(lines []layout.Line, k int, c *forms.Column, claimed *big.Int, s sums) *cause {
	gap := new(big.Int).Sub(s.sum, claimed)
	var found *cause
	for i := range lines {
		l := &lines[i]
		at := l.Cell(k)
		v, _, ok := cell.Amount(&at, c, r.Facts[l.Head][k])
		if !ok || v.Sign() == 0 {
			continue
		}
		meant := slipped(v, gap, s.tolerance)
		if meant == nil && cell.Differs(v, gap, s.tolerance) {
			continue
		}
		if found != nil {
			return nil
		}
		found = &cause{line: l, meant: meant}
		if meant != nil {
			found.inUnit = cell.InUnit(meant, c, r.Facts[l.Head][k])
		}
	}
	return found
}

// slipped gives the amount that differs from v by gap, if it is v moved by some places; else nil.
func slipped(v, gap, tolerance *big.Int) *big.Int {
	want := new(big.Int).Sub(v, gap)
	if want.Sign() <= 0 {
		return nil
	}
	for n := 1; n <= slips; n++ {
		p := written.Pow10(n)
		if down := new(big.Int).Quo(v, p); down.Sign() > 0 && !cell.Differs(down, want, tolerance) {
			return down
		}
		if up := new(big.Int).Mul(v, p); !cell.Differs(up, want, tolerance) {
			return up
		}
	}
	return nil
}
