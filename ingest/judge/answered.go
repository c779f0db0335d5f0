package judge

import (
	"fmt"
	"strconv"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
)

// ArrivalOf is the arrival that brought a return.
func ArrivalOf(id string) int {
	n, _ := strconv.Atoi(strings.SplitN(id, "-", 2)[0]) // the ids are ours
	return n
}

// Foresee adds to a return what will count once a decision about it is in force.
func (h *History) Foresee(r *finding.Return, f *forms.Form, kind finding.DecisionKind) {
	old := h.ByID[r.ID]
	if f == nil || old == nil || old.IsNil || kind == finding.Undo || kind == "" && !old.Outcome.Counts() {
		return
	}
	was := *old
	defer func() { old.Accepted, old.Withdrawn = was.Accepted, was.Withdrawn }()
	counted := was.counts() || was.Withdrawn && was.Outcome.Counts() // withdrawn already: its receipt is given late
	old.Accepted, old.Withdrawn = kind == finding.Accept || was.Accepted && kind == "", kind == finding.Withdraw
	now := h.holder(r.Submitter, r.Form, old.period)
	if f.Mode == forms.Ledger && (now == old || now == nil) {
		now = h.Counting(r.Submitter, r.Form)
	}
	switch {
	case now == nil || now == old:
	case kind == finding.Withdraw:
		if counted {
			r.Decision.Again = now.ID
		}
	default:
		r.Findings = append(r.Findings, finding.NotCounting(fmt.Sprintf("%s 收到的 %s（截至%s）在它之后，目前计入的是那一份", received(now), now.ID, now.cutoff), "如应以本表为准，请联系管理员作废那一份"))
	}
}

// AnsweredBefore gives the arrivals whose receipts a new report takes the place of; true: only where the file has the
// same name, since some return of it never told what it is.
func (h *History) AnsweredBefore(r *finding.Report) map[int]bool {
	old := map[int]bool{}
	for _, ret := range r.Returns {
		if ret.Outcome == finding.Duplicate {
			continue
		}
		for form, period := range map[string]string{ret.Form: ret.Period.String(), "": ""} {
			for _, p := range h.returns[subForm(ret.Submitter, form)] {
				if n := ArrivalOf(p.ID); n < r.Arrival && (p.period == period || p.period == "") {
					if again, byName := h.answeredAnew(n); again {
						old[n] = byName
					}
				}
			}
		}
	}
	return old
}

// Superseded says whether newer returns take the place of all that an arrival brought, whatever their files are called.
func (h *History) Superseded(arrival int) bool {
	again, byName := h.answeredAnew(arrival)
	return again && !byName
}

// answeredAnew says whether every return of an arrival has a newer one for the same form and period. byName: some of
// them never told what they are, so that only a file of the same name can take their place.
func (h *History) answeredAnew(arrival int) (again, byName bool) {
	for i := 1; ; i++ {
		p := h.ByID[ReturnID(arrival, i)]
		if p == nil {
			return i > 1, byName
		}
		if p.form == "" || p.period == "" {
			byName = true
			continue
		}
		newer := false
		for _, q := range h.returns[subForm(p.submitter, p.form)] {
			newer = newer || q.period == p.period && q.Outcome != finding.Duplicate && ArrivalOf(q.ID) > arrival
		}
		if !newer {
			return false, false
		}
	}
}
