package zone

import (
	"cmp"
	"slices"
	"time"

	"taizhang/internal/calendar"
)

// Obligation is one return that a submitter owes.
type Obligation struct {
	Submitter string // code
	Form      string // id
	Period    calendar.Period
	DueAt     time.Time
	Declared  bool // the configuration says since when; else the first return of the form does
}

// Obligations returns what is owed for every period that starts on or before
// through — the current periods, not due yet, among them — by due time, then
// submitter, then form. Where the configuration has no since, first gives the
// period of the first return of a form ever taken in; without one nothing of
// that form is owed yet. The periods that hold a submitter's since and until are
// its first and its last.
func (z *Zone) Obligations(through calendar.Date, first map[string]calendar.Period) []Obligation {
	var list []Obligation
	for _, r := range z.Returns {
		p := r.Since
		if !p.Valid() {
			p = r.Due.Kind().Of(firstDay(first[r.Form]))
		}
		last := through
		if s, ok := z.Submitter(r.Submitter); ok {
			if s.Until.Valid() {
				last = min(last, s.Until)
			}
			if s.Since.Valid() && p.Valid() && p.End() < s.Since {
				p = r.Due.Kind().Of(s.Since)
			}
		}
		for ; p.Valid() && p.Start <= last; p = p.Next() {
			list = append(list, Obligation{r.Submitter, r.Form, p, z.at(r.Due, p), r.Since.Valid()})
		}
	}
	slices.SortStableFunc(list, func(a, b Obligation) int {
		return cmp.Or(
			a.DueAt.Compare(b.DueAt),
			z.codes[a.Submitter]-z.codes[b.Submitter],
			z.formSeq[a.Form]-z.formSeq[b.Form],
			cmp.Compare(a.Period.Start, b.Period.Start),
		)
	})
	return list
}

func firstDay(p calendar.Period) calendar.Date {
	if !p.Valid() {
		return calendar.NoDate
	}
	return p.Start
}

func (z *Zone) at(r Rule, p calendar.Period) time.Time { return r.At(p, z.Calendar, z.Location) }

func (z *Zone) rule(submitter, form string) (Return, bool) {
	if i, ok := z.owed[obligor{submitter, form}]; ok {
		return z.Returns[i], true
	}
	return Return{}, false
}

// Owes reports whether a submitter (by code) hands in a form at all.
func (z *Zone) Owes(submitter, form string) bool {
	_, ok := z.rule(submitter, form)
	return ok
}

// Uses reports whether any submitter hands in a form.
func (z *Zone) Uses(form string) bool {
	return slices.ContainsFunc(z.Returns, func(r Return) bool { return r.Form == form })
}

// DueAt returns when a submitter's return of a form and period is due; false
// where it is not owed: not declared, before a declared since, be it the form's
// or the submitter's, after until, or another kind of period.
func (z *Zone) DueAt(submitter, form string, p calendar.Period) (time.Time, bool) {
	r, ok := z.rule(submitter, form)
	if !ok || !p.Valid() || p.Kind != r.Due.Kind() || r.Since.Valid() && p.Start < r.Since.Start {
		return time.Time{}, false
	}
	if s, _ := z.Submitter(submitter); s.Until.Valid() && p.Start > s.Until || s.Since.Valid() && p.End() < s.Since {
		return time.Time{}, false
	}
	return z.at(r.Due, p), true
}

// PeriodFor returns the period that a bare date on a return means: the one
// next due at the start of that day, so that Monday's return is last week's;
// the period of that kind holding the date where the submitter does not owe
// the form, or owes it within the period ("this …").
//
// After a long holiday several periods can be due at one moment: then it is
// the newest of them that is over by that day, and the oldest where none is.
// Since and until do not matter here: a return from before them still has a
// period.
func (z *Zone) PeriodFor(submitter, form string, kind calendar.PeriodKind, d calendar.Date) calendar.Period {
	holding := kind.Of(d)
	r, ok := z.rule(submitter, form)
	if !ok || !holding.Valid() || r.Due.Kind() != kind || r.Due.Within() {
		return holding
	}
	morning := d.Time(z.Location)
	next := holding // due after its end, so not before that morning
	for prev := next.Prev(); !z.at(r.Due, prev).Before(morning); prev = prev.Prev() {
		next = prev
	}
	for due, p := z.at(r.Due, next), next.Next(); p.End() < d && z.at(r.Due, p).Equal(due); p = p.Next() {
		next = p
	}
	return next
}

// LastDue returns the last due time that falls into a calendar week: of the
// weekly returns where the zone has any, else of all; false where nothing is
// due in that week.
func (z *Zone) LastDue(week calendar.Period) (time.Time, bool) {
	weekly := slices.ContainsFunc(z.Returns, func(r Return) bool { return r.Due.Kind() == calendar.Week })
	var last time.Time
	seen := map[Rule]bool{}
	for _, r := range z.Returns {
		if seen[r.Due] || weekly && r.Due.Kind() != calendar.Week {
			continue
		}
		seen[r.Due] = true
		// A due day comes before its period's end, or, moved by holidays, some weeks after it.
		for p := r.Due.Kind().Of(week.Start - 70); p.Start <= week.End(); p = p.Next() {
			if at := z.at(r.Due, p); week.Contains(z.DateOf(at)) && at.After(last) {
				last = at
			}
		}
	}
	return last, !last.IsZero()
}

// NextSummary returns the first moment after now that is the last due time of
// its week: when serve writes the weekly summary by default. False where the
// zone owes nothing.
func (z *Zone) NextSummary(now time.Time) (time.Time, bool) {
	week := calendar.WeekOf(z.DateOf(now))
	for range 60 {
		if at, ok := z.LastDue(week); ok && at.After(now) {
			return at, true
		}
		week = week.Next()
	}
	return time.Time{}, false
}
