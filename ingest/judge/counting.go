package judge

import (
	"context"
	"fmt"
	"slices"
	"time"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/read"
	"taizhang/ingest/written"
)

// againstPast holds an identified return against what was received before: whether it may take the place of what counts,
// what changed since, and which return it supersedes.
func (jd *Judge) againstPast(ctx context.Context, h *History, p *read.Parsed, pt *read.Part) error {
	r := pt.Ret
	period := r.Period.String()
	twin := h.twin(p, pt)
	if twin != nil { // what came in the same run is no past of this one
		twin.aside = true
		defer func() { twin.aside = false }()
	}
	held := h.holder(r.Submitter, r.Form, period)
	if err := jd.refuseContradicted(ctx, h, pt, held); err != nil {
		return err
	}
	if pt.Fatal {
		if forItsRows(pt) { // what is left to mend is told at once
			return jd.usual(ctx, h, pt)
		}
		return nil
	}
	if err := jd.against(ctx, h, pt); err != nil || pt.Fatal {
		return err
	}
	if r.Nil {
		jd.tellNilAfterRows(h, pt, held)
		return nil
	}
	switch old := h.Newest(r.Submitter, r.Form, period, true); {
	case held != nil:
		r.Supersedes = held.ID
		if err := jd.againstPeriod(ctx, h, p.File.Name, pt, held); err != nil {
			return err
		}
		if pt.Fatal {
			r.Supersedes = ""
			return nil
		}
	case old != nil: // a nil return
		r.Supersedes = old.ID
	case twin != nil:
		r.Supersedes = twin.ID
	}
	jd.tellBehind(h, p, pt, held)
	jd.tellBegun(h, pt)
	if twin == nil {
		return nil
	}
	before, err := h.keysOf(ctx, pt.Form, twin.ID)
	if err != nil {
		return err
	}
	tellTwins(pt, p.File.Name, twin, apart(before, pt.LineKeys))
	return nil
}

// apart says whether two returns have no row in common: halves of one, perhaps.
func apart(before map[string]KeyState, now []string) bool {
	return len(before) > 0 && len(now) > 0 && !slices.ContainsFunc(now, func(k string) bool { _, ok := before[k]; return ok })
}

// forItsRows says whether a return is sent back for nothing but how many of its rows are refused.
func forItsRows(pt *read.Part) bool {
	return !slices.ContainsFunc(pt.Ret.Findings, func(f finding.Finding) bool { return f.Rejects && f.Rule != "too_many_refused" })
}

// against compares a return with what was received before.
func (jd *Judge) against(ctx context.Context, h *History, pt *read.Part) error {
	r, f := pt.Ret, pt.Form
	if f.Mode == forms.Ledger && !r.Nil {
		if old := h.Counting(r.Submitter, f.ID); old != nil && r.Cutoff >= old.cutoff {
			if err := jd.againstLedger(ctx, h, pt, old); err != nil {
				return err
			}
		}
	}
	for _, look := range []func(context.Context, *History, *read.Part) error{jd.elsewhere, jd.known, jd.usual, jd.reconcile} {
		if err := look(ctx, h, pt); err != nil {
			return err
		}
	}
	return nil
}

// refuseContradicted sends a return back that would take the place of accepted rows by a label alone: its own rows, or what
// else it says of its period, name another one. A period form's correction is known by its rows: most keys are the same.
func (jd *Judge) refuseContradicted(ctx context.Context, h *History, pt *read.Part, held *prior) error {
	d := pt.Disagrees
	if d == nil || held == nil || pt.Ret.Nil || pt.Fatal {
		return nil
	}
	if pt.Form.Mode == forms.Period {
		before, err := h.keysOf(ctx, pt.Form, held.ID)
		if err != nil {
			return err
		}
		same := 0
		for _, k := range pt.LineKeys {
			if _, ok := before[k]; ok {
				same++
			}
		}
		if same*2 > len(pt.LineKeys) {
			return nil
		}
	}
	pt.Drop("period_differs") // one finding at the one cell
	pt.Add(finding.PeriodContradicted(d.Says(), written.PeriodLabel(d.Decided.Period), held.Rows, d.Remedy()).At(d.Place()))
	return nil
}

// tellNilAfterRows says that a nil return takes nothing back.
func (jd *Judge) tellNilAfterRows(h *History, pt *read.Part, held *prior) {
	r := pt.Ret
	switch {
	case held != nil && pt.Form.Mode == forms.Period:
		pt.Add(finding.NilAfterPaid(held.Rows))
	case held != nil:
		pt.Add(finding.NilAfterRows(held.Rows))
	}
	if c := h.Counting(r.Submitter, r.Form); pt.Form.Mode == forms.Ledger && c != nil && c.period != r.Period.String() {
		pt.Add(finding.NilAfterLedger(c.Rows))
	}
}

// tellNotCounting says of an accepted return that its rows are not the ones that count, and why.
func (jd *Judge) tellNotCounting(h *History, pt *read.Part, now *prior) {
	r := pt.Ret
	if r.Nil || r.Rows == 0 {
		return
	}
	why, hint := "", "如属补报以前的情况，不必处理"
	current := h.holder(r.Submitter, r.Form, r.Period.String())
	counting := current
	if pt.Form.Mode == forms.Ledger {
		counting = h.Counting(r.Submitter, r.Form)
	}
	switch s, _ := jd.Zone.Submitter(r.Submitter); {
	case pt.Form.Mode == forms.Ledger && s.Until.Valid() && jd.Zone.DateOf(r.ReceivedAt) > s.Until:
		r.Ended = true
		why, hint = fmt.Sprintf("%s自 %s 起不再报送，之后的台账不计入", s.Name, s.Until+1), "请由承接的单位报送；有疑问请联系管理员"
	case counting == now:
		return
	case current != nil && current != now:
		why = fmt.Sprintf("%s已有收到时间更晚的一份（%s 收到），仍按那一份统计", written.PeriodLabel(r.Period), received(current))
	case counting == nil:
		why, hint = "台账已由管理员清零，清零之前收到的不再计入", "如应计入，请重新报送"
	default:
		why = fmt.Sprintf("这份台账的截至日期是 %s，早于现在计入的那一份（截至 %s，%s 收到），仍按那一份统计", r.Cutoff, counting.cutoff, received(counting))
		if pt.CutoffAt.Text != "" {
			hint = fmt.Sprintf("截至日期写错的，请改正后重新报送；%s", hint)
		}
	}
	if r.Outcome == finding.Accepted {
		r.Outcome = finding.Warned
	}
	pt.Add(finding.NotCounting(why, hint).At(finding.Place{Sheet: pt.CutoffAt.Sheet, Cell: pt.CutoffAt.Ref, Value: written.Short(pt.CutoffAt.Text, 30)}))
	now.Outcome = r.Outcome
}

func received(p *prior) string { return p.ReceivedAt.Format("2006年1月2日 15:04") }

// together is how far apart two files may be received and still have come together: a run that back-fills months is one
// run, too.
const together = 10 * time.Minute

// twin gives the return of the same submitter, form and period that the same run took in before, and that gives way.
func (h *History) twin(p *read.Parsed, pt *read.Part) *prior {
	if p.File.Run == 0 || pt.Ret.Nil || pt.Fatal {
		return nil
	}
	old := h.holder(pt.Ret.Submitter, pt.Ret.Form, pt.Ret.Period.String())
	if old == nil || old.run != p.File.Run || old.Sha == p.Sha || p.File.ReceivedAt.Sub(old.ReceivedAt).Abs() > together {
		return nil
	}
	return old
}

// tellTwins says to both of two files for one return which of them counts: the old one gives way.
func tellTwins(pt *read.Part, name string, old *prior, apart bool) {
	one, other := written.Short(old.file, 60), written.Short(name, 60)
	pt.Add(finding.SameRun(one, other, other, apart))
	if old.ret != nil {
		old.ret.Findings = append(old.ret.Findings, finding.GaveWay(one, other, other, apart))
		if old.ret.Outcome == finding.Accepted {
			old.ret.Outcome, old.Outcome = finding.Warned, finding.Warned
		}
	}
}
