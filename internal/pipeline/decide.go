package pipeline

import (
	"context"
	"fmt"
	"time"

	"taizhang/internal/archive"
	"taizhang/internal/calendar"
)

// Decision is what an operator decides about a return or an obligation.
type Decision struct {
	Kind      archive.Decision
	Return    string
	Submitter string // name, code or alias
	Form      string // id or title
	Period    string
	Reason    string
}

// Decide records a decision in the journal, applies it and publishes. The caller holds the zone's lock.
func (z *Zone) Decide(ctx context.Context, d Decision, o Options) (*Outcome, error) {
	o.fill()
	if d.Reason == "" {
		return nil, fmt.Errorf("a decision needs a reason: --reason TEXT")
	}
	a, err := archive.Open(z.Archive())
	if err != nil {
		return nil, err
	}
	defer a.Close()
	now := o.Clock().In(z.Location)
	e := archive.Event{Event: archive.Decide, Kind: d.Kind, Seq: a.NextDecision(), At: now, Reason: d.Reason}
	w, err := z.open(ctx, a, &o)
	if err != nil {
		return nil, err
	}
	defer w.close()
	switch d.Kind {
	case archive.Accept:
		e.Return = d.Return
		if err := w.session.Acceptable(d.Return); err != nil {
			return nil, err
		}
	case archive.Withdraw:
		e.Return = d.Return
		if !w.session.Known(d.Return) {
			return nil, fmt.Errorf("no such return: %s", d.Return)
		}
	default:
		if err := z.place(&e, d, z.Today(now)); err != nil {
			return nil, err
		}
	}
	if err := a.Append(e); err != nil {
		return nil, err
	}
	if err := w.session.Decide(ctx, e); err != nil {
		return nil, err
	}
	out := &Outcome{}
	return out, w.publish(ctx, out)
}

// place fills in submitter, form and period of a clear or waive.
func (z *Zone) place(e *archive.Event, d Decision, today calendar.Date) error {
	s, ok := z.Match(d.Submitter)
	if !ok {
		return fmt.Errorf("no such submitter: %s", d.Submitter)
	}
	f := z.Forms.Lookup(d.Form)
	if f == nil {
		return fmt.Errorf("no such form: %s", d.Form)
	}
	e.Submitter, e.Form = s.Code, f.ID
	if d.Kind == archive.Clear {
		if f.Mode != "ledger" {
			return fmt.Errorf("%s is not a ledger: withdraw its returns instead", f.ID)
		}
		e.Effective = today.String()
		return nil
	}
	p, err := calendar.ParsePeriod(d.Period)
	if err != nil || p.Kind != f.Frequency {
		return fmt.Errorf("period %q: %s is handed in by %s, such as %s", d.Period, f.ID, f.Frequency, f.Frequency.Of(calendar.Of(time.Now())))
	}
	e.Period = p.String()
	return nil
}
