package ingest

import (
	"context"
	"errors"
	"path/filepath"

	"taizhang/ingest/finding"
	"taizhang/ingest/judge"
	"taizhang/ingest/read"
	"taizhang/ingest/receipt"
	"taizhang/ingest/secret"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// AnswerDecision gives the sender a receipt that says the outcome as an operator's decision makes it. It is called
// before the decision is in the tables: what a kill interrupts is then done again together with them.
func (s *Session) AnswerDecision(ctx context.Context, e archive.Event) error {
	if e.Return == "" {
		return s.answerOwed(e)
	}
	return s.answerReturn(ctx, e)
}

// Standing gives the decisions that hold about the same return or debt as e and before it, the newest last; what was
// undone is left out.
func (s *Session) Standing(e archive.Event) ([]archive.Event, error) {
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
	d := &finding.Decision{Kind: finding.DecisionKind(e.Kind), By: secret.MaskText(e.By), Reason: secret.MaskText(e.Reason), At: e.At.In(s.In.Zone.Location)}
	if d.Kind != finding.Undo {
		return d, nil
	}
	held, err := s.Standing(e)
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
		d.Have = s.Accepted(sub.Code, f.ID, e.Period)
	}
	if e.Effective != "" {
		if r.Cutoff, err = calendar.ParseDate(e.Effective); err != nil {
			return err
		}
	}
	name, content, err := receipt.Write(&finding.Report{ReceivedAt: d.At, Returns: []*finding.Return{r}}, receipt.Source{}, s.In.office())
	if err != nil {
		return lang.Errorf("receipt of decision %d: %w", "第%d号决定的回执：%w", e.Seq, err)
	}
	var batch durable.Batch
	defer batch.Discard()
	put, err := receipt.Save(&batch, s.In.Zone.OutboxOf(sub), name, content)
	if err == nil {
		err = batch.Commit()
	}
	if err == nil { // what was decided about the same before holds no more
		err = receipt.Retire(put.Dir, filepath.Base(put.Path), func(old string) bool { return receipt.SameDebt(old, name) })
	}
	if err != nil {
		return lang.Errorf("receipt of decision %d: %w", "第%d号决定的回执：%w", e.Seq, err)
	}
	return nil
}

// Accepted gives the return that was accepted for a period of a submitter and form, "" where none was.
func (s *Session) Accepted(submitter, form, period string) string {
	if p := s.hist.Newest(submitter, form, period, true); p != nil {
		return p.ID
	}
	return ""
}

// Counting gives the return whose rows count for a submitter's ledger, "" where none does.
func (s *Session) Counting(submitter, form string) string {
	if p := s.hist.Counting(submitter, form); p != nil {
		return p.ID
	}
	return ""
}

// answerReturn answers a decision about a return with the receipt of its file anew, from the original. Where an earlier
// return counts again, its receipt is there again, too.
func (s *Session) answerReturn(ctx context.Context, e archive.Event) error {
	old := s.hist.ByID[e.Return]
	if old == nil {
		return nil
	}
	report, err := s.answerArrival(ctx, e, judge.ArrivalOf(e.Return))
	again := ""
	for i := 0; err == nil && i < len(report.Returns); i++ {
		if r := report.Returns[i]; r.ID == e.Return && r.Decision != nil {
			again = r.Decision.Again
		}
	}
	if again != "" {
		was := old.Withdrawn
		old.Withdrawn = true // as it will be
		err = s.answerAgain(ctx, e, judge.ArrivalOf(again))
		old.Withdrawn = was
	}
	if err != nil {
		return lang.Errorf("receipt of decision %d: %w", "第%d号决定的回执：%w", e.Seq, err)
	}
	return nil
}

// answerAgain writes the receipt of an arrival anew, unless it lies there or its words were not kept.
func (s *Session) answerAgain(ctx context.Context, e archive.Event, seq int) error {
	report, err := s.Kept(ctx, seq)
	if errors.Is(err, ErrNotKept) {
		return nil
	}
	if err != nil {
		return err
	}
	there, err := receipt.Lies(s.outboxOf(report), seq)
	if err != nil || there {
		return err
	}
	_, err = s.answerArrival(ctx, e, seq)
	return err
}

// answerArrival writes the receipt of an arrival as things are once e is decided.
func (s *Session) answerArrival(ctx context.Context, e archive.Event, seq int) (*finding.Report, error) {
	a, err := s.arrived(seq)
	if err != nil {
		return nil, err
	}
	p := &read.Parsed{File: a.file, Sha: a.sha}
	if a.file.Content != nil || a.tooBig {
		if p, err = s.readOne(ctx, s.In.read, a); err != nil {
			return nil, err
		}
	}
	report, err := s.Kept(ctx, a.seq)
	if err != nil {
		return nil, err
	}
	for i, r := range report.Returns {
		if err := s.decided(r, e, p, i); err != nil {
			return nil, err
		}
	}
	source := p.Source()
	if report.Bare || len(s.Erased.of(a.seq)) > 0 { // the original holds a person who is to be found in no receipt
		source = receipt.Source{}
	}
	name, content, err := receipt.Write(report, source, s.In.office())
	if err != nil {
		return nil, err
	}
	var batch durable.Batch
	defer batch.Discard()
	put, err := s.putReceipt(&batch, report, name, content)
	if err == nil {
		err = batch.Commit()
	}
	if err == nil {
		err = s.retireOlder(put, report)
	}
	return report, err
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
	return arrival{}, lang.Errorf("no arrival %d", "没有第 %d 号收件", seq)
}

// decided puts into return i of a file what operators decided about it: e, if it is the one meant, else what holds.
func (s *Session) decided(r *finding.Return, e archive.Event, p *read.Parsed, i int) error {
	x := e
	x.Return = r.ID
	held, err := s.Standing(x)
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
	old := s.hist.ByID[r.ID]
	if old == nil {
		return nil
	}
	kind := r.Decision.Kind
	if kind == finding.Undo {
		if kind = r.Decision.Then; kind == "" && r.Decision.Of == finding.Accept {
			kind = finding.Withdraw // it counts no more, as before
		}
	}
	if kind == finding.Accept && !old.Outcome.Counts() && i < len(p.Parts) && p.Failed == nil {
		pt := p.Parts[i]
		_, kept := s.Erased.without(judge.ArrivalOf(r.ID), pt.Ret, pt)
		r.Rows, r.RowsRefused, r.ValuesEmptied = len(kept.Records), len(kept.Refused), pt.Ret.ValuesEmptied
	}
	s.hist.Foresee(r, s.In.Forms.Get(r.Form), kind)
	return nil
}

// retireOlder moves the receipts that a new one takes the place of out of its folder: those of the same file, and those
// of files all of whose returns were answered anew since. A duplicate says nothing new; where the unit can't be told,
// nobody knows whose receipts they are.
func (s *Session) retireOlder(put *receipt.Saved, r *finding.Report) error {
	if put.Dir == s.In.Zone.OutboxUnknown() {
		return nil
	}
	old := s.hist.AnsweredBefore(r)
	decided := false
	for _, ret := range r.Returns {
		decided = decided || ret.Decision != nil
	}
	if len(old) == 0 && !decided { // the usual case costs no look into the folder
		return nil
	}
	return receipt.Retire(put.Dir, filepath.Base(put.Path), func(name string) bool {
		n := receipt.ArrivalOf(name)
		if byName, ok := old[n]; ok {
			return !byName || receipt.SameFile(name, r.File)
		}
		return n == r.Arrival && n > 0
	})
}
