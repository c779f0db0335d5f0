package office

import (
	"context"
	"errors"
	"slices"
	"strings"

	"taizhang/ingest/secret"
	"taizhang/ingest/written"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/decl"
	"taizhang/internal/lang"
)

// Decision is what an operator decides about a return or an obligation.
type Decision struct {
	Kind      archive.Decision
	Return    string
	Submitter string // name, code or alias
	Form      string // id or title
	Period    string
	Reason    string
	By        string // who decides
}

// Refusal is a request that makes no sense, such as a decision about a return that doesn't exist: nothing was changed.
type Refusal struct{ Err error }

func (r *Refusal) Error() string { return r.Err.Error() }
func (r *Refusal) Unwrap() error { return r.Err }

// In is Error in a given language.
func (r *Refusal) In(l lang.Language) string { return lang.In(r.Err, l) }

// Refuse makes a refusal.
func Refuse(english, chinese string, args ...any) error { return refuse(english, chinese, args...) }

func refuse(english, chinese string, args ...any) error {
	return &Refusal{lang.Errorf(english, chinese, args...)}
}

// Decide records a decision in the journal, applies it and publishes. The caller holds the zone's lock.
func (z *Zone) Decide(ctx context.Context, d Decision, o Options) (_ *Outcome, err error) {
	defer func() { err = remedied(err, lang.Say("; then run again", "，然后重新执行")) }()
	o.fill()
	if d.Reason == "" {
		return nil, refuse("a decision needs a reason: --reason TEXT", "作出决定须说明原因：--reason 原因")
	}
	if err := errors.Join(z.refuseJoined(), z.EnsureFolders()); err != nil {
		return nil, err
	}
	a, err := archive.Open(z.Archive())
	if err != nil {
		return nil, err
	}
	defer a.Close()
	now, err := z.timely(a, &o)
	if err != nil {
		return nil, err
	}
	now = now.In(z.Location)
	w, err := z.open(ctx, a, &o)
	if err != nil {
		return nil, err
	}
	defer w.close()
	e := archive.Event{Event: archive.Decide, Kind: d.Kind, Seq: a.NextDecision(), At: now, Reason: secret.MaskText(d.Reason), By: secret.MaskText(d.By)}
	switch d.Kind {
	case archive.Accept:
		e.Return = d.Return
		if !w.session.Known(d.Return) {
			return nil, w.noSuchReturn(d.Return)
		}
		if err := w.session.Acceptable(ctx, d.Return); err != nil {
			return nil, &Refusal{err}
		}
	case archive.Withdraw:
		e.Return = d.Return
		if !w.session.Known(d.Return) {
			return nil, w.noSuchReturn(d.Return)
		}
	case archive.Undo:
		if err := w.undo(&e, d, z.Today(now)); err != nil {
			return nil, err
		}
	default:
		if err := z.place(&e, d, z.Today(now)); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(w.already(&e), w.owed(ctx, &e, z.Today(now))); err != nil {
		return nil, err
	}
	if err := a.Append(e); err != nil {
		return nil, err
	}
	unanswered := w.answer(ctx, e)
	if err := w.session.Decide(ctx, e); err != nil {
		return nil, err
	}
	out := &Outcome{}
	if d.Kind == archive.Waive {
		if have := w.session.Accepted(e.Submitter, e.Form, e.Period); have != "" {
			out.Note = lang.Say("%s was accepted for this period already: it goes on counting, and the period is no longer among those owed", "这一期已经收到并接收了 %s：它照常计入，这一期不再列入应报", have)
		}
	}
	if err := w.publish(ctx, out); err != nil {
		return out, err
	}
	if unanswered != nil {
		return out, lang.Errorf("decided and published, but the sender has no new receipt yet: %w", "已决定并发布，但填报单位还没有收到新回执：%w", unanswered)
	}
	return out, nil
}

// noSuchReturn refuses the number of a return that there is none of, with the one that it is like.
func (w *work) noSuchReturn(id string) error {
	return refuse("no such return: %s; see: taizhang returns list%s", "没有报表 %s；报表见：taizhang returns list%s", id, NearReturn(id, w.session.Returns()))
}

// NearReturn says which return was probably meant: one of the same arrival, or of a number that is written alike.
func NearReturn(id string, known []string) lang.Text {
	if slices.Contains(known, id+"-1") {
		return lang.Say("; did you mean %[1]q?", "；是不是“%[1]s”？", id+"-1")
	}
	return decl.DidYouMean(id, known)
}

// undo fills in what is taken back: the last decision that stands about a return, a ledger or a period.
func (w *work) undo(e *archive.Event, d Decision, today calendar.Date) error {
	if e.Return = d.Return; e.Return != "" {
		if !w.session.Known(d.Return) {
			return w.noSuchReturn(d.Return)
		}
	} else if err := w.z.place(e, d, today); err != nil {
		return err
	}
	e.Effective = ""
	held, err := w.session.Standing(*e)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return refuse("nothing is decided about %s that could be undone", "对 %s 没有可撤销的决定", w.z.placeWords(e))
	}
	e.Effective = held[len(held)-1].Effective // from when on figures may change
	return nil
}

// already refuses to decide once more what is decided: of two the same, one undo would take back the second alone. To clear
// a ledger again is to clear what came since; where nothing counts there is nothing to clear.
func (w *work) already(e *archive.Event) error {
	if e.Kind == archive.Undo || e.Kind == archive.Accept { // accepting asks whether it counts
		return nil
	}
	held, err := w.session.Standing(*e)
	if err != nil {
		return err
	}
	switch {
	case e.Kind == archive.Clear && w.session.Counting(e.Submitter, e.Form) != "":
		return nil
	case e.Kind == archive.Clear && len(held) == 0:
		return refuse("nothing to clear: no return of %[1]s counts; see: taizhang returns list", "无须清空：%[1]s没有计入的报表；报表见：taizhang returns list", w.z.placeWords(e))
	case len(held) == 0 || held[len(held)-1].Kind != e.Kind:
		return nil
	}
	was := map[archive.Decision]lang.Text{archive.Withdraw: lang.Say("withdrawn", "作废"), archive.Waive: lang.Say("waived", "免报"), archive.Clear: lang.Say("cleared", "清空")}[e.Kind]
	return refuse("%s is %s already: decided on %s", "%s 已经%s：%s 已有这个决定", w.z.placeWords(e), was, held[len(held)-1].At.In(w.z.Location).Format("2006-01-02 15:04"))
}

// owed refuses to waive a period for which nothing is owed: before the first, after the last, or further ahead than is known.
func (w *work) owed(ctx context.Context, e *archive.Event, today calendar.Date) error {
	if e.Kind != archive.Waive {
		return nil
	}
	first, err := firstPeriods(ctx, w.db.Conn, w.z.Code)
	if err != nil {
		return err
	}
	var from, to calendar.Period
	for _, o := range w.z.Obligations(reachOf(today), first) {
		if o.Submitter != e.Submitter || o.Form != e.Form {
			continue
		}
		if o.Period.String() == e.Period {
			return nil
		}
		if !from.Valid() || o.Period.Start < from.Start {
			from = o.Period
		}
		if !to.Valid() || o.Period.Start > to.Start {
			to = o.Period
		}
	}
	if !from.Valid() { // nobody has handed it in yet: which period is the first isn't known
		return nil
	}
	return refuse("nothing to waive: %[1]s is not owed; periods from %[2]s to %[3]s are", "无须免报：%[1]s 不在应报范围内；应报的是 %[2]s 至 %[3]s", w.z.placeWords(e), from, to)
}

// placeWords names what a decision is about as people call it.
func (z *Zone) placeWords(e *archive.Event) string {
	var words []string
	if e.Return != "" {
		words = append(words, e.Return)
	}
	if s, ok := z.Match(e.Submitter); ok {
		words = append(words, s.Name)
	}
	if f := z.Forms.Get(e.Form); f != nil {
		words = append(words, f.PlainTitle())
	}
	if e.Period != "" {
		words = append(words, e.Period)
	}
	return strings.Join(words, " ")
}

// place fills in submitter, form and period of a clear or waive.
func (z *Zone) place(e *archive.Event, d Decision, today calendar.Date) error {
	s, ok := z.Match(d.Submitter)
	if !ok {
		return refuse("no such submitter: %s; taizhang.yaml lists them%s", "没有填报单位“%s”；单位见 taizhang.yaml%s", d.Submitter, decl.DidYouMean(d.Submitter, z.UnitNames()))
	}
	f := z.Forms.Lookup(d.Form)
	if f == nil {
		return refuse("no such form: %s; see: taizhang forms list%s", "没有表样“%s”；表样见：taizhang forms list%s", d.Form, decl.DidYouMean(d.Form, z.formNames()))
	}
	e.Submitter, e.Form = s.Code, f.ID
	if d.Kind == archive.Waive && !z.Owes(s.Code, f.ID) {
		return refuse("%s does not hand in %s: nothing to waive", "%s不报送%s：无须免报", s.Name, f.Title)
	}
	if d.Kind == archive.Clear || d.Kind == archive.Undo && d.Period == "" {
		if f.Mode != "ledger" {
			return refuse("%[1]s is not a ledger: withdraw its returns instead", "%[2]s不是台账：请改用作废报表（returns withdraw）", f.ID, f.PlainTitle())
		}
		e.Effective = today.String()
		return nil
	}
	p, ok := written.ReadPeriod(d.Period, f.Frequency, today)
	if !ok {
		return refuse("period %[1]q: %[2]s is handed in by %[3]s, such as %[4]s (%[5]s)", "报送期 %[1]q：%[6]s%[7]s报送一次，例如 %[4]s（%[5]s）", d.Period, f.ID, f.Frequency, f.Frequency.Of(today), f.Frequency.Of(today).Chinese(), f.PlainTitle(), map[calendar.PeriodKind]string{calendar.Week: "每周", calendar.Month: "每月"}[f.Frequency])
	}
	e.Period = p.String()
	return nil
}

// Meant is the name of a unit (kind unit) or the id of a form (kind form) for what somebody calls it. Rows may name units
// that aren't the zone's: those stay as they are. A form that there is none of is a refusal.
func (z *Zone) Meant(kind, name string) (string, error) {
	switch kind {
	case "unit":
		if s, ok := z.Match(name); ok {
			return s.Name, nil
		}
	case "form":
		f := z.Forms.Lookup(name)
		if f == nil {
			return "", refuse("no such form: %s%s", "没有表样“%s”%s", name, decl.DidYouMean(name, z.formNames()))
		}
		return f.ID, nil
	}
	return name, nil
}

// UnitNames are the names of the zone's units.
func (z *Zone) UnitNames() (names []string) {
	for _, s := range z.Submitters {
		names = append(names, s.Name)
	}
	return names
}

func (z *Zone) formNames() (names []string) {
	for _, f := range z.Forms.Forms {
		names = append(names, f.PlainTitle(), f.ID)
	}
	return names
}
