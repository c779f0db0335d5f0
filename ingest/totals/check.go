package totals

import (
	"math/big"
	"slices"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// Check compares each 合计 row with the rows it may sum, as written, refused and repeated ones included.
// A difference beyond rounding rejects in the money forms and warns elsewhere; an unreadable amount makes it a warning.
func (r *Return) Check(tb *layout.Table) {
	r.sayTotals(tb)
	r.checkRows(tb)
	r.checkTitled(tb)
	for n, tot := range tb.Totals {
		for k := range r.Form.Columns {
			c := &r.Form.Columns[k]
			if c.Type != forms.Money && (c.Type != forms.Int || c.InKey) || tot.At[k].Col == 0 {
				continue
			}
			r.checkTotal(tb, n, k)
		}
	}
}

// claim is what a total states for one column of a table, and what it is held against.
type claim struct {
	r      *Return
	tb     *layout.Table
	n, k   int // of the total in its table, of the column in the form
	column *forms.Column
	facts  cell.Facts
	cell   *sheet.Cell
	at     finding.Place
	amount *big.Int
	shown  int           // digits behind the point
	best   sums          // what the likeliest of the stretches that it may sum comes to, or the one it agrees with
	added  []layout.Line // that stretch
}

// checkTotal compares what a 合计 row states for one column with what it may sum there.
func (r *Return) checkTotal(tb *layout.Table, n, k int) {
	tot, c := &tb.Totals[n], &r.Form.Columns[k]
	x := claim{r: r, tb: tb, n: n, k: k, column: c, facts: r.Facts[tot.Head][k], cell: &tot.Cells[k]}
	x.at = finding.Place{Sheet: tot.Sheet, Row: tot.N, Cell: x.cell.Ref(), Field: c.Field}
	var ok bool
	if x.amount, x.shown, ok = cell.Amount(x.cell, c, x.facts); !ok {
		if x.cell.NoValue {
			r.Add(finding.TotalWithoutValue(c.Title).At(x.at))
		}
		return
	}
	var agrees bool
	if x.best, x.added, agrees = r.agreesWith(tb, n, k, x.amount, x.shown); agrees || x.agreesInTheirUnit() {
		return
	}
	x.tell()
}

// agreesInTheirUnit says whether an amount without a unit agrees in the one that all amounts state that it sums: 6.5 below
// 1.5万元, 2万元 and 3万元. Where it doesn't, it is read in the unit in which it comes nearer.
func (x *claim) agreesInTheirUnit() bool {
	if x.column.Type != forms.Money || cell.StatesUnit(x.cell) {
		return false
	}
	unit, ok := unitOfCells(x.added, x.k)
	if !ok || unit == x.facts.Unit {
		return false
	}
	inTheirs := x.facts
	inTheirs.Unit = unit
	theirs, shown, _ := cell.Amount(x.cell, x.column, inTheirs)
	_, _, agrees := x.r.agreesWith(x.tb, x.n, x.k, theirs, shown)
	if cell.Differs(x.amount, x.best.sum, new(big.Int).Abs(new(big.Int).Sub(theirs, x.best.sum))) {
		x.amount, x.facts = theirs, inTheirs
	}
	return agrees
}

// tell says that a claim differs from the sum, and through which row where one row explains it.
func (x *claim) tell() {
	ofTexts := false
	if x.cell.Formula && x.amount.Sign() == 0 {
		if ofTexts = anyText(x.added, x.k); !ofTexts { // some programs store a nought for a formula that nobody worked out
			x.r.Add(finding.TotalWithoutValue(x.column.Title).At(x.at))
			return
		}
	}
	if why := x.r.causeOf(x.added, x.k, x.column, x.amount, x.best); why != nil {
		x.tellCause(why)
		return
	}
	title, claimed, sum := x.column.Title, x.inUnit(x.amount), x.inUnit(x.best.sum)
	f := finding.TotalUnchecked(title, claimed, sum)
	if x.best.readable {
		f = finding.TotalMismatch(title, claimed, sum, x.inUnit(new(big.Int).Sub(x.amount, x.best.sum)), x.column.Type == forms.Money, x.rejects())
	}
	if ofTexts {
		f = f.OfTexts()
	}
	if x.tb.Totals[x.n].Said.Kind == sheet.Text { // a sentence, in whose place no number belongs
		f.Suggest = ""
	}
	x.at.Value = written.Short(secret.MaskText(written.DateText(*x.cell)), 60)
	x.r.Add(f.At(x.at))
}

// tellCause says which row explains the difference.
func (x *claim) tellCause(why *cause) {
	title, claimed, sum := x.column.Title, x.inUnit(x.amount), x.inUnit(x.best.sum)
	f := finding.TotalLeavesOut(title, claimed, sum, x.at.Cell, why.line.N, x.rejects())
	if why.meant != nil {
		f = finding.TotalExplained(title, claimed, sum, x.at.Cell, why.line.N, why.inUnit, x.rejects())
	}
	x.r.Add(f.At(why.line.Place(x.k, written.Short(secret.MaskText(written.DateText(why.line.Cell(x.k))), 60))))
}

// inUnit writes an amount as the claim is written.
func (x *claim) inUnit(amount *big.Int) string { return cell.InUnit(amount, x.column, x.facts) }

// rejects says whether a difference rejects the return.
func (x *claim) rejects() bool {
	return x.r.Form.TotalsReject && x.column.Type == forms.Money && x.best.readable
}

// agreesWith says whether what a total claims for a column is the sum of what it may sum; where it isn't, what the likeliest comes to.
func (r *Return) agreesWith(tb *layout.Table, n, k int, claimed *big.Int, shown int) (best sums, added []layout.Line, agrees bool) {
	c := &r.Form.Columns[k]
	for i, lines := range r.summed(tb, n) {
		if len(lines) == 0 && i > 0 && !tb.MaySumNothing(n) { // what stands behind the last row is no nought that it sums
			continue
		}
		s := r.sumLines(lines, k, c)
		s.tolerance.Add(s.tolerance, cell.Halves(shown, 1, c)) // the total's own rounding
		if !cell.Differs(claimed, s.sum, s.tolerance) {
			return s, lines, true
		}
		if i == 0 {
			best, added = s, lines
		}
	}
	return best, added, false
}

// anyText says whether an amount of some lines is a text, which a formula passes over.
func anyText(lines []layout.Line, k int) bool {
	return slices.ContainsFunc(lines, func(l layout.Line) bool { return l.Cell(k).Kind == sheet.Text })
}

// unitOfCells is the unit that all amounts of some lines state in their own cells.
func unitOfCells(lines []layout.Line, k int) (unit int, ok bool) {
	for i := range lines {
		at := lines[i].Cell(k)
		if at.Kind == sheet.Empty {
			continue
		}
		u, has := cell.OwnUnit(&at)
		if !has || ok && u != unit {
			return 0, false
		}
		unit, ok = u, true
	}
	return unit, ok
}
