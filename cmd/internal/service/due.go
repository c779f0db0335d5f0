package service

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"taizhang/internal/lang"
	"taizhang/internal/state"
	"taizhang/internal/zone"
)

// By whom an attempt is made, beside people.
const (
	bySchedule = "schedule"
	byWatch    = "watch"
)

// pauses are how long a failed attempt waits for the next.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}

func pauseAfter(failed int) time.Duration { return pauses[min(failed, len(pauses))-1] }

// late is by how much an occurrence may be late and still not count as missed.
const late = 15 * time.Minute

// mostMissed is how many missed occurrences are made up for one by one.
const mostMissed = 60

// Tick does what is due now, one job after the other, and starts those that work beside. It returns when the others
// are done.
func (s *Service) Tick(ctx context.Context) {
	if err := s.refresh(); err != nil {
		s.o.Log.Error("taizhang.yaml can't be read; nothing is taken in until it is mended", "err", err)
	}
	s.mu.Lock()
	jobs := s.jobs
	s.mu.Unlock()
	for _, j := range jobs {
		if ctx.Err() != nil {
			return
		}
		due, err := s.due(ctx, j, s.o.Clock())
		if err != nil {
			s.o.Log.Error("look what is due", "job", j.name, "err", err)
			continue
		}
		for _, a := range due {
			if j.beside {
				s.beside.Go(func() { _, _ = s.try(ctx, a) })
			} else if _, err := s.try(ctx, a); err != nil {
				break // the later ones wait for it
			}
		}
	}
	s.look(ctx)
}

// due says which attempts are to be made at a job now: those of one occurrence, or with missed: each of several.
func (s *Service) due(ctx context.Context, j job, now time.Time) ([]attempt, error) {
	if j.isOff() || s.isBusy(j.name) {
		return nil, nil
	}
	if j.light {
		return s.lightDue(j, now), nil
	}
	newest, ok := j.schedule.Last(now)
	if !ok {
		return nil, nil
	}
	since, err := s.store.Since(ctx, j.name, now)
	if err != nil {
		return nil, err
	}
	if newest.Before(since) && !j.early {
		return nil, nil
	}
	list := []time.Time{newest}
	if j.missed == zone.MissedEach {
		if list = j.schedule.Between(since, now, mostMissed); len(list) == 0 {
			list = []time.Time{newest}
		}
	}
	var out []attempt
	for _, at := range list {
		a, ok, err := s.dueAt(ctx, j, at, now)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, a)
		}
	}
	return out, nil
}

// lightDue: a light job is done where the occurrence is another than the one done last, in whichever direction the
// clock went, or where the inbox was seen to change.
func (s *Service) lightDue(j job, now time.Time) []attempt {
	at, ok := j.schedule.Last(now)
	s.mu.Lock()
	defer s.mu.Unlock()
	by := bySchedule
	switch {
	case s.watched:
		by = byWatch
	case !ok || at.Equal(s.looked[j.name]):
		return nil
	}
	s.watched = false
	s.looked[j.name] = at
	return []attempt{{job: j, due: at, no: 1, by: by}}
}

// dueAt says whether an attempt at an occurrence is to be made now.
func (s *Service) dueAt(ctx context.Context, j job, at, now time.Time) (a attempt, ok bool, err error) {
	if settled, err := s.store.Settled(ctx, j.name, at); err != nil || settled {
		return a, false, err
	}
	if j.after != "" {
		if first, err := s.store.Settled(ctx, j.after, at); err != nil || !first {
			return a, false, err
		}
	}
	failed, last, err := s.store.Attempts(ctx, j.name, at)
	if err != nil {
		return a, false, err
	}
	a = attempt{job: j, due: at, no: failed + 1, by: bySchedule, final: failed >= j.retries}
	switch {
	case failed > j.retries:
		return a, false, nil
	case failed > 0 && last.Result == state.Failed && !now.Before(last.Finished) && now.Before(last.Finished.Add(pauseAfter(failed))):
		return a, false, nil // a clock that was set back doesn't make it wait longer
	case failed == 0 && j.missed == zone.MissedSkip && now.Sub(at) > late:
		return a, false, s.skip(ctx, j, at, lang.Say("missed; schedule: missed: skip", "到时间时程序没有运行，按设置（missed: skip）不再补做"))
	}
	return a, true, nil
}

// skip notes that an occurrence isn't done.
func (s *Service) skip(ctx context.Context, j job, at time.Time, why lang.Text) error {
	now := s.o.Clock()
	id, err := s.store.Begin(ctx, state.Run{Job: j.name, Due: at, Attempt: 1, By: bySchedule, Started: now})
	if err != nil {
		return err
	}
	s.o.Log.Warn("an occurrence is skipped", "job", j.name, "due", s.shown(at), "why", why.English)
	return s.store.End(ctx, id, now, state.Skipped, why)
}

func (s *Service) isBusy(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, busy := s.busy[name]
	return busy
}

// occupy says that a job is at work, until it is freed; false where it is already.
func (s *Service) occupy(name string) (free func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, busy := s.busy[name]; busy {
		return nil, false
	}
	s.busy[name] = s.o.Clock()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, name)
	}, true
}

// try makes an attempt and notes how it went.
func (s *Service) try(ctx context.Context, a attempt) (r Report, err error) {
	free, ok := s.occupy(a.job.name)
	if !ok {
		return r, fmt.Errorf("%s: %w", a.job.name, ErrBusy)
	}
	defer free()
	run := state.Run{Job: a.job.name, Due: a.due, Attempt: a.no, By: a.by, Started: s.o.Clock()}
	if a.job.light { // what a kill interrupts of it is finished by the next
		run.Due = time.Time{}
	} else if run.ID, err = s.store.Begin(ctx, run); err != nil {
		s.o.Log.Error("note that a job starts", "job", a.job.name, "err", err) // the work comes first
	}
	r, err = s.limited(ctx, a)
	run.Finished, run.Result, run.Message = s.o.Clock(), state.Done, lang.Text{English: r.Message, Chinese: r.Message}
	switch {
	case err != nil && ctx.Err() != nil:
		run.Result, run.Message = state.Lost, lang.Say("the service ended", "服务停止，没有做完")
	case err != nil:
		run.Result, run.Message = state.Failed, both(err)
		s.o.Log.Error("a job failed", "job", a.job.name, "run", run.ID, "attempt", a.no, "err", err)
	case r.Skipped:
		run.Result = state.Skipped
	}
	if e := s.note(context.WithoutCancel(ctx), a, run, r.News); e != nil {
		s.o.Log.Error("note how a job went", "job", a.job.name, "err", e)
	}
	return r, err
}

// both is an error in both languages.
func both(err error) lang.Text {
	return lang.Text{English: lang.In(err, lang.English), Chinese: lang.In(err, lang.Chinese)}
}

// ErrBusy is a job that is at work already.
var ErrBusy = lang.Errorf("it is at work already", "正在执行")

// lull is how often it is noted that a light job found nothing to do.
const lull = 5 * time.Minute

// note notes how an attempt went, and which occurrences passed while it was at work.
func (s *Service) note(ctx context.Context, a attempt, run state.Run, news bool) error {
	if a.job.light {
		return s.noteLight(ctx, run, news)
	}
	if run.ID == 0 {
		return nil
	}
	if err := s.store.End(ctx, run.ID, run.Finished, run.Result, run.Message); err != nil {
		return err
	}
	if a.job.overlap != zone.OverlapSkip || a.due.IsZero() {
		return nil
	}
	for _, at := range a.job.schedule.Between(a.due, run.Finished, mostMissed) {
		if err := s.skip(ctx, a.job, at, lang.Say("the one before was still at work", "上一次还没有做完，这次跳过")); err != nil {
			return err
		}
	}
	return nil
}

// noteLight notes an attempt at a job that mostly finds nothing to do. While it does, or fails for one reason, one run is kept
// that grows longer: else the list of runs would hold nothing else.
func (s *Service) noteLight(ctx context.Context, run state.Run, news bool) error {
	last, ok, err := s.store.Last(ctx, run.Job)
	if err != nil {
		return err
	}
	stillIdle := ok && !news && idle(run) && idle(last)
	stillFails := ok && run.Result == state.Failed && last.Result == state.Failed && run.Message == last.Message
	switch {
	case stillIdle && run.Finished.Sub(last.Finished).Abs() < lull:
		return nil
	case stillIdle, stillFails:
		return s.store.End(ctx, last.ID, run.Finished, run.Result, run.Message)
	}
	if run.ID, err = s.store.Begin(ctx, run); err != nil {
		return err
	}
	return s.store.End(ctx, run.ID, run.Finished, run.Result, run.Message)
}

// idle says whether a run found nothing to do.
func idle(r state.Run) bool { return r.Result == state.Done && r.Message.English == "" }

// limited does a job within its time; a fault of the program costs the attempt, not the service.
func (s *Service) limited(ctx context.Context, a attempt) (r Report, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, a.job.limit, lang.Errorf("it took longer than its limit of %s", "超过了%s的时限", a.job.limit))
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			s.o.Log.Error("a job panicked", "job", a.job.name, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = lang.Errorf("a fault of the program: %v", "程序故障：%v", p)
		}
	}()
	r, err = a.job.do(ctx, a)
	if err != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded) || err != nil && ctx.Err() == context.DeadlineExceeded {
		err = errors.Join(context.Cause(ctx), err)
	}
	return r, err
}

// Do makes an attempt at a job by hand, whatever its schedule says.
func (s *Service) Do(ctx context.Context, name, by string) (Report, error) {
	if _, err := s.reload(); err != nil {
		return Report{}, err
	}
	j, err := s.jobOf(name)
	if err != nil {
		return Report{}, err
	}
	a := attempt{job: j, no: 1, by: by, final: true}
	if at, ok := j.schedule.Last(s.o.Clock()); ok && !j.light { // by hand it is done for the occurrence that waits
		if settled, err := s.store.Settled(ctx, name, at); err == nil && !settled {
			a.due = at
		}
	}
	return s.try(ctx, a)
}
