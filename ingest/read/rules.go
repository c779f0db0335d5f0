package read

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/layout"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// ruled is a rule of the form applied to a row.
type ruled struct {
	*lineReader
	rule   *forms.Rule
	k      int           // the column of the rule's field
	column *forms.Column // that column
	value  cell.Value    // in that column
}

// ruleChecks are the rules over several fields, by kind. Contradictions warn; required_when refuses the row.
var ruleChecks = map[string]func(*ruled){
	"present_exactly_when": (*ruled).checkWhen,
	"present_when":         (*ruled).checkWhen,
	"required_when":        (*ruled).checkWhen,
	"not_before":           (*ruled).checkNotBefore,
	"at_most":              (*ruled).checkAtMost,
	"whole_when":           (*ruled).checkWhole,
	"done_exactly_when":    (*ruled).checkDone,
	"absent_when":          (*ruled).checkAbsent,
}

// checkRules applies the form's rules over several fields.
func (r *lineReader) checkRules() {
	f := r.pt.Form
	x := ruled{lineReader: r}
	for i := range f.Rules {
		x.rule = &f.Rules[i]
		check := ruleChecks[x.rule.Kind]
		if check == nil {
			continue
		}
		x.k = f.Index(x.rule.Field)
		x.column, x.value = &f.Columns[x.k], r.vals[x.k]
		switch {
		case !r.line.Head.Lacks(x.column):
			check(&x)
		case x.rule.Kind == "required_when" && slices.Contains(x.rule.Values, x.at(x.rule.When).Text):
			x.refuseLacking() // the head was told of it; a row that can't do without it is refused all the same
		}
	}
}

// at is the row's value in another field.
func (x *ruled) at(field string) *cell.Value { return &x.vals[x.pt.Form.Index(field)] }

// title is how the form calls another field.
func (x *ruled) title(field string) string { return x.pt.Form.Column(field).Title }

// say says something of the cell in the rule's field.
func (x *ruled) say(f finding.Finding) {
	x.pt.Add(f.At(placeOf(x.line, x.k, x.typer.Shown(&x.cells[x.k], x.column, false))))
}

func (x *ruled) refuseLacking() { x.refuse(fmt.Sprintf("缺少「%s」", x.column.Title)) }

// checkWhen: a field is there when, or exactly when, another has one of the rule's values.
func (x *ruled) checkWhen() {
	other := x.at(x.rule.When)
	if !other.Set || x.faulty[x.k] {
		return
	}
	when, title := slices.Contains(x.rule.Values, other.Text), x.title(x.rule.When)
	switch {
	case when && !x.value.Set && x.rule.Kind == "required_when":
		x.say(finding.RequiredWhen(x.rule.ID, title, other.Text, x.column.Title))
		x.refuseLacking()
	case when && !x.value.Set && x.line.At[x.k].Col == 0:
		x.missing(other.Text)
	case when && !x.value.Set:
		x.say(finding.ExpectedWhen(x.rule.ID, title, other.Text, x.column.Title))
	case !when && x.value.Set && x.rule.Kind == "present_exactly_when":
		x.say(finding.UnexpectedWhen(x.rule.ID, title, other.Text, x.column.Title, x.value.Text))
	}
}

// absence is a column that a table lacks and that some of its rows should have filled.
type absence struct {
	rule  *forms.Rule
	value string // of the first of these rows, for which they should
	line  *layout.Line
	rows  int
}

// missing takes note of a row that should have filled a column that its table lacks.
func (x *ruled) missing(value string) {
	for i := range x.absent {
		if a := &x.absent[i]; a.rule == x.rule {
			a.rows++
			return
		}
	}
	x.absent = append(x.absent, absence{x.rule, value, x.line, 1})
}

// tellAbsent says which columns a table lacks that its rows should have filled: once, not for each row.
func (r *lineReader) tellAbsent(tb *layout.Table) {
	f := r.pt.Form
	for _, a := range r.absent {
		at := finding.Place{Sheet: a.line.Sheet, Field: a.rule.Field}
		if when := a.line.At[f.Index(a.rule.When)]; when.Col > 0 {
			at.Cell = sheet.Ref(tb.Bounds[a.line.Block][0]+a.line.Head.Height-1, when.Col)
		}
		r.pt.Add(finding.ExpectedColumn(a.rule.ID, f.Column(a.rule.When).Title, a.value, f.Column(a.rule.Field).Title, a.rows).At(at))
	}
	r.absent = r.absent[:0]
}

// checkNotBefore: a date is not before another.
func (x *ruled) checkNotBefore() {
	if o := x.at(x.rule.Than); x.value.Set && o.Set && x.value.Date < o.Date {
		x.say(finding.Before(x.rule.ID, x.column.Title, x.value.Text, x.title(x.rule.Than), o.Text))
	}
}

// checkAtMost: a number is at most another.
func (x *ruled) checkAtMost() {
	if o := x.at(x.rule.Than); x.value.Set && o.Set && x.value.Num().Cmp(o.Num()) > 0 {
		x.say(finding.Exceeds(x.rule.ID, x.column.Title, x.value.Text, x.title(x.rule.Than), o.Text))
	}
}

// checkWhole: a percentage is 100 % when another field has one of the rule's values.
func (x *ruled) checkWhole() {
	other := x.at(x.rule.When)
	if !other.Set || !x.value.Set || x.column.Type != forms.Percent || !slices.Contains(x.rule.Values, other.Text) {
		return
	}
	if part, ok := new(big.Rat).SetString(x.value.Text); ok && part.Cmp(big.NewRat(1, 1)) < 0 {
		percent := strings.TrimSuffix(strings.TrimRight(part.Mul(part, big.NewRat(100, 1)).FloatString(2), "0"), ".")
		x.say(finding.NotWhole(x.rule.ID, x.title(x.rule.When), other.Text, x.column.Title, percent+"%"))
	}
}

// checkAbsent: a field is empty, or nought, when another has one of the rule's values.
func (x *ruled) checkAbsent() {
	other := x.at(x.rule.When)
	if !other.Set || !x.value.Set || !slices.Contains(x.rule.Values, other.Text) || heading.IsNumber(x.column) && x.value.Num().Sign() == 0 {
		return
	}
	x.say(finding.UnexpectedWhen(x.rule.ID, x.title(x.rule.When), other.Text, x.column.Title, x.value.Text))
}

// checkDone: a text says nothing against what another field says of whether the matter is done.
func (x *ruled) checkDone() {
	other := x.at(x.rule.When)
	if !other.Set || !x.value.Set {
		return
	}
	switch done := slices.Contains(x.rule.Values, other.Text); {
	case done && written.SaysOpen(x.value.Text):
		x.say(finding.SaidOpen(x.rule.ID, x.title(x.rule.When), other.Text, x.column.Title))
	case !done && written.SaysDone(x.value.Text):
		x.say(finding.SaidDone(x.rule.ID, x.title(x.rule.When), other.Text, x.column.Title))
	}
}

// checkTotals compares each 合计 row with the rows it may sum, as written, refused and repeated ones included.
// A difference beyond rounding rejects in the money forms and warns elsewhere; an unreadable amount makes it a warning.
func (rd *Reader) checkTotals(pt *Part, tb *layout.Table) {
	rd.sayTotals(pt, tb)
	rd.checkRows(pt, tb)
	rd.checkTitled(pt, tb)
	for n, tot := range tb.Totals {
		for k := range pt.Form.Columns {
			c := &pt.Form.Columns[k]
			if c.Type != forms.Money && (c.Type != forms.Int || c.InKey) || tot.At[k].Col == 0 {
				continue
			}
			rd.checkTotal(pt, tb, n, k)
		}
	}
}

// checkTotal compares what a 合计 row states for one column with what it may sum there.
func (rd *Reader) checkTotal(pt *Part, tb *layout.Table, n, k int) {
	tot, c := tb.Totals[n], &pt.Form.Columns[k]
	facts := pt.Facts[tot.Head][k]
	at := finding.Place{Sheet: tot.Sheet, Row: tot.N, Cell: tot.Cells[k].Ref(), Field: c.Field}
	claimed, shown, ok := cell.Amount(&tot.Cells[k], c, facts)
	if !ok {
		if tot.Cells[k].NoValue {
			pt.Add(finding.TotalWithoutValue(c.Title).At(at))
		}
		return
	}
	best, added, agrees := rd.agreesWith(pt, tb, n, k, claimed, shown)
	if !agrees && c.Type == forms.Money && !cell.StatesUnit(&tot.Cells[k]) { // 6.5 below 1.5万元, 2万元 and 3万元
		if unit, ok := unitOfCells(added, k); ok && unit != facts.Unit {
			inTheirs := facts
			inTheirs.Unit = unit
			theirs, shown, _ := cell.Amount(&tot.Cells[k], c, inTheirs)
			_, _, agrees = rd.agreesWith(pt, tb, n, k, theirs, shown)
			if cell.Differs(claimed, best.sum, new(big.Int).Abs(new(big.Int).Sub(theirs, best.sum))) { // it is nearer so
				claimed, facts = theirs, inTheirs
			}
		}
	}
	if agrees {
		return
	}
	ofTexts := false
	if tot.Cells[k].Formula && claimed.Sign() == 0 {
		if ofTexts = anyText(added, k); !ofTexts { // some programs store a nought for a formula that nobody worked out
			pt.Add(finding.TotalWithoutValue(c.Title).At(at))
			return
		}
	}
	inUnit := func(n *big.Int) string { return cell.InUnit(n, c, facts) }
	rejects := pt.Form.TotalsReject && c.Type == forms.Money && best.readable
	if why := pt.causeOf(added, k, c, claimed, best); why != nil {
		f := finding.TotalLeavesOut(c.Title, inUnit(claimed), inUnit(best.sum), at.Cell, why.line.N, rejects)
		if why.meant != nil {
			f = finding.TotalExplained(c.Title, inUnit(claimed), inUnit(best.sum), at.Cell, why.line.N, why.inUnit, rejects)
		}
		pt.Add(f.At(placeOf(why.line, k, written.Short(secret.MaskText(written.DateText(why.line.Cell(k))), 60))))
		return
	}
	f := finding.TotalUnchecked(c.Title, inUnit(claimed), inUnit(best.sum))
	if best.readable {
		f = finding.TotalMismatch(c.Title, inUnit(claimed), inUnit(best.sum), inUnit(new(big.Int).Sub(claimed, best.sum)), c.Type == forms.Money, rejects)
	}
	if ofTexts {
		f = f.OfTexts()
	}
	if tot.Said.Kind == sheet.Text { // a sentence, in whose place no number belongs
		f.Suggest = ""
	}
	at.Value = written.Short(secret.MaskText(written.DateText(tot.Cells[k])), 60)
	pt.Add(f.At(at))
}

// agreesWith says whether what a total claims for a column is the sum of what it may sum; where it isn't, what the likeliest comes to.
func (rd *Reader) agreesWith(pt *Part, tb *layout.Table, n, k int, claimed *big.Int, shown int) (best sums, added []layout.Line, agrees bool) {
	c := &pt.Form.Columns[k]
	for i, lines := range rd.summed(pt, tb, n) {
		if len(lines) == 0 && i > 0 && !tb.MaySumNothing(n) { // what stands behind the last row is no nought that it sums
			continue
		}
		s := pt.sumLines(lines, k, c)
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

// summed gives the stretches of lines that a total may sum, the likeliest first: a 小计 its block, above or below it;
// a 合计 the whole table, all sheets of the return, or what stands above it.
func (rd *Reader) summed(pt *Part, tb *layout.Table, n int) [][]layout.Line {
	tot := tb.Totals[n]
	since, until := 0, len(tb.Lines)
	if n > 0 {
		since = tb.Totals[n-1].Line
	}
	if n+1 < len(tb.Totals) {
		until = tb.Totals[n+1].Line
	}
	var all []layout.Line
	for _, t := range pt.Tables {
		all = append(all, t.Lines...)
	}
	var alike [][]layout.Line // 低保救助 | 小计, wherever it stands
	if lines := likeTotal(pt, tb, n); len(lines) > 0 {
		alike = append(alike, lines)
	}
	block := [][]layout.Line{tb.Lines[since:tot.Line], tb.Lines[tot.Line:until]}
	if page := tb.SincePage(tot.N); page > since && page < tot.Line { // 本页小计
		block = append([][]layout.Line{tb.Lines[page:tot.Line]}, block...)
	}
	whole := [][]layout.Line{tb.Lines, all, tb.Lines[:tot.Line], tb.Lines[tot.Line:]}
	for i := n - 1; i >= 0; i-- { // a 合计 of several 小计 blocks
		from := 0
		if i > 0 {
			from = tb.Totals[i-1].Line
		}
		whole = append(whole, tb.Lines[from:tot.Line])
	}
	if tot.Part && tot.Line > since {
		return append(append(alike, block...), whole...)
	}
	if tot.Part {
		return append(append(alike, block[len(block)-1]), whole...)
	}
	return append(append(alike, whole...), block...)
}

// likeTotal gives the lines that have in every part of the key what a 合计 row says of it; none where it says nothing.
func likeTotal(pt *Part, tb *layout.Table, n int) (lines []layout.Line) {
	tot, said := &tb.Totals[n], map[int]string{}
	for k := range pt.Form.Columns {
		c, at := &pt.Form.Columns[k], &tot.Cells[k]
		if c.InKey && (c.Type == forms.List || c.Type == forms.Month || c.Type == forms.Code) && at.Col > 0 && at.Kind != sheet.Empty {
			if word := written.Heading(sight.TextOf(at)); !rowkind.SaysTotal(word) {
				said[k] = word
			}
		}
	}
	if len(said) == 0 {
		return nil
	}
	for i := range tb.Lines {
		same := true
		for k, word := range said {
			at := tb.Lines[i].Cell(k)
			same = same && written.Heading(sight.TextOf(&at)) == word
		}
		if same {
			lines = append(lines, tb.Lines[i])
		}
	}
	return lines
}

// sums is a column added up as written.
type sums struct {
	sum, tolerance *big.Int
	rows           int
	readable       bool // every amount could be read
}

// sumLines adds a column up and gives the tolerance: half a unit in the last place shown, per summed row.
func (pt *Part) sumLines(lines []layout.Line, k int, c *forms.Column) sums {
	s := sums{sum: new(big.Int), tolerance: new(big.Int), readable: true}
	places := -99
	for i := range lines {
		at := lines[i].Cell(k)
		if at.Kind == sheet.Empty && !at.NoValue || cell.Dashes[strings.ToLower(written.Tidy(at.Text))] {
			continue
		}
		n, shown, ok := cell.Amount(&at, c, pt.Facts[lines[i].Head][k])
		if !ok {
			s.readable = false
			continue
		}
		s.sum.Add(s.sum, n)
		places = max(places, shown)
		s.rows++
	}
	if s.rows > 0 {
		s.tolerance.Add(s.tolerance, cell.Halves(places, s.rows, c))
	}
	return s
}
