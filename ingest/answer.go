package ingest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/receipt"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/warehouse"
)

// AnswerDecision gives the sender a receipt that says the outcome as an operator's decision makes it. It is called
// before the decision is in the tables: what a kill interrupts is then done again together with them.
func (s *Session) AnswerDecision(ctx context.Context, e archive.Event) error {
	if e.Return == "" {
		return s.answerOwed(e)
	}
	return s.answerReturn(ctx, e)
}

// standing gives the decisions that hold about the same return or debt as e and before it, the newest last; what was
// undone is left out.
func (s *Session) standing(e archive.Event) ([]archive.Event, error) {
	var held []archive.Event
	for x, err := range s.Archive.All() {
		if err != nil {
			return nil, err
		}
		same := x.Return == e.Return && x.Submitter == e.Submitter && x.Form == e.Form && x.Period == e.Period
		if x.Event != archive.Decide || x.Seq >= e.Seq || !same {
			continue
		}
		if finding.DecisionKind(x.Kind) == finding.Undo {
			held = held[:max(0, len(held)-1)]
		} else {
			held = append(held, x)
		}
	}
	return held, nil
}

// decision gives a decision of the journal as receipts say it.
func (s *Session) decision(e archive.Event) (*finding.Decision, error) {
	d := &finding.Decision{Kind: finding.DecisionKind(e.Kind), By: maskText(e.By), Reason: maskText(e.Reason), At: e.At.In(s.In.Zone.Location)}
	if d.Kind != finding.Undo {
		return d, nil
	}
	held, err := s.standing(e)
	if n := len(held); n > 0 {
		d.Of = finding.DecisionKind(held[n-1].Kind)
		if n > 1 {
			d.Then = finding.DecisionKind(held[n-2].Kind)
		}
	}
	return d, err
}

// answerOwed answers a decision about what a unit owes, or about a whole ledger of it: no file came with it.
func (s *Session) answerOwed(e archive.Event) error {
	sub, ok := s.In.Zone.Submitter(e.Submitter)
	f := s.In.Forms.Get(e.Form)
	if !ok || f == nil { // decided by declarations that are no longer in force
		return nil
	}
	d, err := s.decision(e)
	if err != nil {
		return err
	}
	r := &finding.Return{Form: f.ID, FormTitle: f.Title, Submitter: sub.Code, SubmitterName: sub.Name, Cutoff: calendar.Of(d.At), Decision: d}
	if e.Period != "" {
		if r.Period, err = calendar.ParsePeriod(e.Period); err != nil {
			return err
		}
		r.DueAt, _ = s.In.Zone.DueAt(sub.Code, f.ID, r.Period)
	}
	if e.Effective != "" {
		if r.Cutoff, err = calendar.ParseDate(e.Effective); err != nil {
			return err
		}
	}
	name, content, err := receipt.Write(&finding.Report{ReceivedAt: d.At, Returns: []*finding.Return{r}}, receipt.Source{}, s.In.office())
	if err == nil {
		_, err = receipt.Save(s.In.Zone.OutboxOf(sub), name, content)
	}
	if err != nil {
		return fmt.Errorf("receipt of decision %d: %w", e.Seq, err)
	}
	return nil
}

// answerReturn answers a decision about a return with the receipt of its file anew, from the original.
func (s *Session) answerReturn(ctx context.Context, e archive.Event) error {
	if s.hist.byID[e.Return] == nil {
		return nil
	}
	a, err := s.arrived(arrivalOf(e.Return))
	if err != nil {
		return fmt.Errorf("receipt of decision %d: %w", e.Seq, err)
	}
	p := &parsed{file: a.file, sha: a.sha}
	if a.file.Content != nil || a.tooBig {
		if p, err = s.readOne(ctx, a); err != nil {
			return err
		}
	}
	report, err := s.stored(ctx, a)
	if err != nil {
		return err
	}
	s.complete(report, p)
	for i, r := range report.Returns {
		if err := s.decided(r, e, p, i); err != nil {
			return fmt.Errorf("receipt of decision %d: %w", e.Seq, err)
		}
	}
	source := p.source()
	if len(s.Erased.of(a.seq)) > 0 { // the original holds a person who is to be found in no receipt
		source = receipt.Source{}
	}
	name, content, err := receipt.Write(report, source, s.In.office())
	if err != nil {
		return fmt.Errorf("receipt of decision %d: %w", e.Seq, err)
	}
	return s.putReceipt(report, name, content)
}

// arrived makes an arrival again from the journal; without its content where the original was erased.
func (s *Session) arrived(seq int) (arrival, error) {
	for x, err := range s.Archive.All() {
		if err != nil {
			return arrival{}, err
		}
		if x.Event == archive.Arrive && x.Seq == seq {
			a, err := s.archived(x)
			if errors.Is(err, archive.ErrErased) {
				err = nil
			}
			return a, err
		}
	}
	return arrival{}, fmt.Errorf("no arrival %d", seq)
}

// complete adds to a report from the tables what only the original tells: the marks by which doubts are explained, and
// what was read and what wasn't.
func (s *Session) complete(report *finding.Report, p *parsed) {
	report.Skipped = p.skipped
	for i, r := range report.Returns {
		if i >= len(p.parts) || p.failed != nil || p.parts[i].ret.Form != r.Form {
			continue
		}
		pt := p.parts[i]
		r.Sheets, r.RowsIgnored = pt.ret.Sheets, pt.ret.RowsIgnored
		keys := pt.keysByRow()
		for k := range r.Findings {
			if f := &r.Findings[k]; f.Severity != finding.Info {
				f.Mark = doubtMark(r.Form, f, keys[rowAt{f.Sheet, f.Row}])
			}
		}
	}
}

// decided puts into return i of a file what operators decided about it: e, if it is the one meant, else what holds.
func (s *Session) decided(r *finding.Return, e archive.Event, p *parsed, i int) error {
	x := e
	x.Return = r.ID
	held, err := s.standing(x)
	if err != nil {
		return err
	}
	if r.ID == e.Return {
		held = append(held, e)
	}
	if len(held) == 0 {
		return nil
	}
	last := held[len(held)-1]
	if r.Decision, err = s.decision(last); err != nil {
		return err
	}
	old := s.hist.byID[r.ID]
	if old == nil {
		return nil
	}
	kind := r.Decision.Kind
	if kind == finding.Undo {
		if kind = r.Decision.Then; kind == "" && r.Decision.Of == finding.Accept {
			kind = finding.Withdraw // it counts no more, as before
		}
	}
	if kind == finding.Accept && !old.outcome.Counts() && i < len(p.parts) && p.failed == nil {
		pt := p.parts[i]
		_, kept := s.Erased.without(arrivalOf(r.ID), pt.ret, pt)
		r.Rows, r.RowsRefused, r.ValuesEmptied = len(kept.records), len(kept.refused), pt.ret.ValuesEmptied
	}
	s.foresee(r, old, kind)
	return nil
}

// foresee says what will count once a decision is in force.
func (s *Session) foresee(r *finding.Return, old *prior, kind finding.DecisionKind) {
	f := s.In.Forms.Get(r.Form)
	if f == nil || old.isNil || kind == finding.Undo || kind == "" && !old.outcome.Counts() {
		return
	}
	was := *old
	defer func() { old.accepted, old.withdrawn = was.accepted, was.withdrawn }()
	counted := was.counts()
	old.accepted, old.withdrawn = kind == finding.Accept || was.accepted && kind == "", kind == finding.Withdraw
	now := s.hist.newest(r.Submitter, r.Form, old.period, true)
	if f.Mode == forms.Ledger && now == old || now == nil && f.Mode == forms.Ledger {
		now = s.hist.counting(r.Submitter, r.Form)
	}
	switch {
	case now == nil || now == old:
	case kind == finding.Withdraw:
		if counted {
			r.Decision.Again = now.id
		}
	default:
		message := fmt.Sprintf("%s 收到的 %s（截至%s）在它之后，目前计入的是那一份", now.receivedAt.Format("2006年1月2日 15:04"), now.id, now.cutoff)
		r.Findings = append(r.Findings, finding.Finding{Severity: finding.Warning, Rule: finding.NotCounting, Message: message, Hint: "如应以本表为准，请联系管理员作废那一份"})
	}
}

// retireOlder moves the receipts that a new one takes the place of out of its folder: those of the same file, and those
// of files all of whose returns were answered anew since. A duplicate says nothing new; where the unit can't be told,
// nobody knows whose receipts they are.
func (s *Session) retireOlder(dir, keep string, r *finding.Report) error {
	if dir == s.In.Zone.OutboxUnknown() {
		return nil
	}
	old := map[int]bool{} // true: only where the file has the same name
	for _, ret := range r.Returns {
		if ret.Outcome == finding.Duplicate {
			continue
		}
		for form, period := range map[string]string{ret.Form: ret.Period.String(), "": ""} {
			for _, p := range s.hist.returns[subForm(ret.Submitter, form)] {
				if n := arrivalOf(p.id); n < r.Arrival && (p.period == period || p.period == "") {
					if again, byName := s.answeredAnew(n); again {
						old[n] = byName
					}
				}
			}
		}
	}
	decided := false
	for _, ret := range r.Returns {
		decided = decided || ret.Decision != nil
	}
	if len(old) == 0 && !decided { // the usual case costs no look into the folder
		return nil
	}
	return receipt.Retire(dir, keep, func(name string) bool {
		n := receipt.ArrivalOf(name)
		if byName, ok := old[n]; ok {
			return !byName || receipt.SameFile(name, r.File)
		}
		return n == r.Arrival && n > 0
	})
}

// answeredAnew says whether every return of an arrival has a newer one for the same form and period. byName: some of
// them never told what they are, so that only a file of the same name can take their place.
func (s *Session) answeredAnew(arrival int) (again, byName bool) {
	for i := 1; ; i++ {
		p := s.hist.byID[returnID(arrival, i)]
		if p == nil {
			return i > 1, byName
		}
		if p.form == "" || p.period == "" {
			byName = true
			continue
		}
		newer := false
		for _, q := range s.hist.returns[subForm(p.submitter, p.form)] {
			newer = newer || q.period == p.period && q.outcome != finding.Duplicate && arrivalOf(q.id) > arrival
		}
		if !newer {
			return false, false
		}
	}
}

// loadExplanations adds to a report from the tables what senders explained.
func (s *Session) loadExplanations(ctx context.Context, ret *finding.Return) error {
	err := warehouse.Each(ctx, s.Conn, `select coalesce(sheet,''), coalesce(cell,''), message, said from raw.explanation where zone = ? and return_id = ? order by seq`, func(v []any) error {
		e := finding.Explained{Said: fmt.Sprint(v[3])}
		e.Finding = finding.Finding{Severity: finding.Warning, Sheet: fmt.Sprint(v[0]), Cell: fmt.Sprint(v[1]), Message: fmt.Sprint(v[2])}
		ret.Explained = append(ret.Explained, e)
		return nil
	}, s.In.Zone.Code, ret.ID)
	if err != nil {
		return fmt.Errorf("read explanations of %s: %w", ret.ID, err)
	}
	return nil
}

// saved puts a receipt into a unit's outbox and those it takes the place of into the folder beside them.
func (s *Session) saved(dir, name string, content []byte, r *finding.Report) error {
	path, err := receipt.Save(dir, name, content)
	if err == nil {
		err = s.retireOlder(dir, filepath.Base(path), r)
	}
	if err != nil {
		return fmt.Errorf("receipt of arrival %d: %w", r.Arrival, err)
	}
	return nil
}
