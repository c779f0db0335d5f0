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
	"taizhang/ingest/sheet"
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
	x.pt.Add(f.At(x.line.Place(x.k, x.typer.Shown(&x.cells[x.k], x.column, false))))
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
