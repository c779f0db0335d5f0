package ingest

import (
	"context"
	"errors"

	"taizhang/ingest/finding"
	"taizhang/ingest/judge"
	"taizhang/ingest/receipt"
	"taizhang/internal/archive"
	"taizhang/internal/lang"
)

// maxRetries is how often a file whose reading was cut short is read again. What takes the whole program down each time
// (memory, a fault in the runtime) is rejected then, so that one file can't keep a zone from working.
const maxRetries = 3

// recover finishes arrivals that a kill interrupted: their original and journal line are safe. One of them may be what
// killed the program, so how often each is taken is noted before, and from the second time on each is taken by itself.
func (s *Session) recover(ctx context.Context) error {
	pending, err := s.Archive.Pending()
	if err != nil {
		return lang.Errorf("recover: %w", "接续未完成的工作：%w", err)
	}
	for len(pending) > 0 {
		if n := s.untried(pending); n > 0 {
			if err := s.retry(ctx, pending[:n]); err != nil {
				return err
			}
			pending = pending[n:]
			continue
		}
		e := pending[0]
		pending = pending[1:]
		if s.hist.ByID[judge.ReturnID(e.Seq, 1)] == nil {
			if err := s.retry(ctx, []archive.Event{e}); err != nil {
				return err
			}
			continue
		}
		a, err := s.archived(e)
		if err != nil {
			s.wait(arrival{seq: e.Seq, path: e.Path}, noOriginal, err)
			continue
		}
		if err := s.answer(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// answer finishes an arrival whose rows are committed: its receipt says what was committed with them.
func (s *Session) answer(ctx context.Context, a arrival) error {
	report, err := s.Kept(ctx, a.seq)
	if errors.Is(err, ErrNotKept) {
		s.wait(a, noReceipt, err)
		return nil
	}
	if err != nil {
		return err
	}
	source := receipt.Source{}
	if !report.Bare {
		p, err := s.readOne(ctx, s.In.read, a)
		if err != nil {
			return err
		}
		source = p.Source()
	}
	s.Taken = append(s.Taken, report)
	return s.finish([]arrival{a}, []*finding.Report{report}, []receipt.Source{source})
}

// untried gives how many of the first arrivals were noted and never read again: they are taken together once, as the run
// that was killed would have, so that what is said of one because of another is said again.
func (s *Session) untried(pending []archive.Event) int {
	n, held := 0, int64(0)
	for n < len(pending) && n < group && held < groupBytes && s.hist.ByID[judge.ReturnID(pending[n].Seq, 1)] == nil && s.Archive.Retries(pending[n].Seq) == 0 {
		held += pending[n].Size
		n++
	}
	return n
}

// retry reads noted arrivals again, noting it before: what takes the program down is known by it the next time.
func (s *Session) retry(ctx context.Context, events []archive.Event) error {
	tries, stops := make([]archive.Event, len(events)), make([]archive.Event, len(events))
	for i, e := range events {
		tries[i], stops[i] = archive.Event{Event: archive.Retry, Seq: e.Seq}, archive.Event{Event: archive.Stop, Seq: e.Seq}
	}
	if err := s.Archive.Append(tries...); err != nil {
		return err
	}
	var todo []arrival
	for _, e := range events {
		a, err := s.archived(e)
		if err != nil { // its original is lost; the others don't wait for it
			s.wait(arrival{seq: e.Seq, path: e.Path}, noOriginal, err)
			continue
		}
		todo = append(todo, a)
	}
	if err := s.process(ctx, todo, true); err != nil {
		if ctx.Err() == nil { // it ended in order, so the files took nothing down
			err = errors.Join(err, s.Archive.Append(stops...))
		}
		return err
	}
	return nil
}
