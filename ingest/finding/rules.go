package finding

import (
	"fmt"
	"slices"
)

// Rule is one of the reasons for a finding, as the documentation lists it.
// Rules that a form declares itself have ids of their own: see Declared.
//
// A rule stands in the file of what it is about, beside the constructors of
// its findings: file.go, identity.go, head.go, rows.go, values.go, history.go.
// A constructor says what is wrong and how to mend it; At says where. A new
// rule is a new pair there, and a case that provokes it in ingest/testdata/cases.
type Rule struct {
	ID       string
	Severity Severity // in its usual case
	Whole    bool     // an error that sends the whole return back
	Says     string   // in one sentence, for the documentation
}

// chapter is the rules of one file, in the order of the documentation.
type chapter struct{ rules []*Rule }

// Rules are the rules that hold for every form, from the file as a whole down to single cells.
func Rules() []*Rule {
	var all []*Rule
	for _, c := range []*chapter{&ofFile, &ofIdentity, &ofHead, &ofRows, &ofHistory, &ofValues} {
		all = append(all, c.rules...)
	}
	return slices.Clip(all)
}

func (c *chapter) rule(r Rule) *Rule {
	c.rules = append(c.rules, &r)
	return &r
}

// rejects is a rule that sends the whole return back.
func (c *chapter) rejects(id, says string) *Rule { return c.rule(Rule{id, Error, true, says}) }

// refuses is a rule that refuses a row, or empties a value.
func (c *chapter) refuses(id, says string) *Rule { return c.rule(Rule{id, Error, false, says}) }

// asks is a rule for what counts and is asked about.
func (c *chapter) asks(id, says string) *Rule { return c.rule(Rule{id, Warning, false, says}) }

// tells is a rule for what is only said.
func (c *chapter) tells(id, says string) *Rule { return c.rule(Rule{id, Info, false, says}) }

// Place is where a finding stands and what stands there; nothing of it where that is the file as a whole.
type Place struct {
	Sheet string
	Cell  string // A1; empty: the sheet as a whole
	Row   int    // of the sheet, 0 if none
	Field string // of the form, empty if none
	Value string // what stands there, masked as findings may quote it
}

// At says where a finding stands.
func (f Finding) At(p Place) Finding {
	f.Sheet, f.Cell, f.Row, f.Field, f.Value = p.Sheet, p.Cell, p.Row, p.Field, p.Value
	return f
}

// finds makes a finding of a rule: one Chinese sentence that says what is wrong and what was expected.
func (r *Rule) finds(format string, args ...any) Finding {
	return Finding{Severity: r.Severity, Rule: r.ID, Rejects: r.Whole, Message: fmt.Sprintf(format, args...)}
}

// mend says how to mend what a finding found.
func (f Finding) mend(format string, args ...any) Finding {
	f.Hint = fmt.Sprintf(format, args...)
	return f
}

// suggest gives the value to write; "" gives none.
func (f Finding) suggest(value string) Finding {
	f.Suggest = value
	return f
}

// as gives a finding another severity than its rule usually has.
func (f Finding) as(s Severity) Finding {
	f.Severity = s
	return f
}

// inPart makes a finding of a rule that rejects one of a part of the return.
func (f Finding) inPart() Finding {
	f.Rejects = false
	return f
}

// rejecting makes a finding send the whole return back.
func (f Finding) rejecting() Finding {
	f.Severity, f.Rejects = Error, true
	return f
}
