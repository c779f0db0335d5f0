package judge

import (
	"regexp"
	"slices"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/read"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// tellBehind asks about a ledger that corrects a period's return while the one that is over since and due has not come: most
// often last week's file, brought up to date, whose 截至 was left. Where its rows say so, the period is contradicted already; who
// hands in again what came late itself corrects it, as does who calls it 更正, mends the rows that were refused, or answers what
// was asked.
func (jd *Judge) tellBehind(h *History, p *read.Parsed, pt *read.Part, held *prior) {
	r, s := pt.Ret, pt.Stated
	if held == nil || s == nil || r.Nil || pt.Form.Mode != forms.Ledger || pt.Disagrees != nil {
		return
	}
	if held.Outcome == finding.Partial && len(pt.Refused) == 0 || len(p.Explained) > 0 || pt.IsTitled(correction()) || correction().MatchString(p.File.Name) {
		return
	}
	day := jd.Zone.DateOf(r.ReceivedAt)
	due := jd.Zone.PeriodFor(r.Submitter, r.Form, pt.Form.Frequency, day)
	if _, owed := jd.Zone.DueAt(r.Submitter, r.Form, due); !owed || due.Start <= r.Period.Start || due.End() >= day || jd.Zone.DateOf(held.ReceivedAt) > due.End() || h.Newest(r.Submitter, r.Form, due.String(), true) != nil {
		return
	}
	pt.Add(finding.PeriodBehind(written.PeriodLabel(r.Period), written.PeriodLabel(due), s.Become(due)).
		At(finding.Place{Sheet: s.At.Sheet, Cell: s.At.Ref, Value: written.Short(s.At.Text, 30)}))
}

// tellBegun asks about a ledger of a period that has only just begun while the one before is still due and has not come: on a
// Monday last week's ledger is easily called this week's, and then the one that is due is never handed in. Who hands in for the
// first time may have begun with this one.
func (jd *Judge) tellBegun(h *History, pt *read.Part) {
	r, s := pt.Ret, pt.Stated
	if s == nil || r.Nil || pt.Form.Mode != forms.Ledger || pt.Disagrees != nil {
		return
	}
	day := jd.Zone.DateOf(r.ReceivedAt)
	due := jd.Zone.PeriodFor(r.Submitter, r.Form, pt.Form.Frequency, day)
	if _, owed := jd.Zone.DueAt(r.Submitter, r.Form, due); !owed || due.Start >= r.Period.Start || r.Period.Start > day || h.Newest(r.Submitter, r.Form, due.String(), true) != nil || !h.handedIn(r) {
		return
	}
	pt.Add(finding.PeriodBegun(written.PeriodLabel(r.Period), written.PeriodLabel(due), s.Become(due)).
		At(finding.Place{Sheet: s.At.Sheet, Cell: s.At.Ref, Value: written.Short(s.At.Text, 30)}))
}

// handedIn says whether a unit's return of a form for an earlier period counted.
func (h *History) handedIn(r *finding.Return) bool {
	return slices.ContainsFunc(h.returns[subForm(r.Submitter, r.Form)], func(p *prior) bool {
		was, err := calendar.ParsePeriod(p.period)
		return err == nil && p.counts() && was.Start < r.Period.Start
	})
}

// cameAfter takes back what was asked of a correction, or of a ledger of the period that has begun, that came in the same run just
// before the ledger of the period that is due: who hands in both means both.
func (h *History) cameAfter(p *read.Parsed, r *finding.Return) {
	for _, old := range h.returns[subForm(r.Submitter, r.Form)] {
		if old.ret == nil || p.File.Run == 0 || old.run != p.File.Run || p.File.ReceivedAt.Sub(old.ReceivedAt).Abs() > together || r.Period.Start == old.ret.Period.Start {
			continue
		}
		asks := func(f finding.Finding) bool {
			return f.Rule == "period_behind" && r.Period.Start > old.ret.Period.Start || f.Rule == "period_begun" && r.Period.Start < old.ret.Period.Start
		}
		if !slices.ContainsFunc(old.ret.Findings, asks) {
			continue
		}
		old.ret.Findings = slices.DeleteFunc(old.ret.Findings, asks)
		if old.ret.Outcome == finding.Warned && old.ret.Count(finding.Warning) == 0 && old.ret.ValuesEmptied == 0 {
			old.ret.Outcome, old.Outcome = finding.Accepted, finding.Accepted
		}
	}
}

// correction is how returns are called that are to take the place of another one.
var correction = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`更正|订正|勘误|修正|修订|改正|补正|重报|重新(上|填)?报`)
})
