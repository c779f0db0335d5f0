package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/robfig/cron/v3"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/papers"
	"taizhang/internal/archive"
	"taizhang/internal/durable"
)

// timetable is when serve works, by the zone's schedules as they were last loaded.
type timetable struct {
	intakeSpec, summarySpec string
	intake, summary         cron.Schedule // summary nil: after the last due time of the week
}

func newTimetable(z *office.Zone) (t timetable, err error) {
	t.intakeSpec, t.summarySpec = z.Schedule.Intake, z.Schedule.Summary
	if t.intake, err = cron.ParseStandard(t.intakeSpec); err != nil {
		return t, usagef("schedule.intake %q: %v", t.intakeSpec, err)
	}
	if t.summarySpec != "" {
		if t.summary, err = cron.ParseStandard(t.summarySpec); err != nil {
			return t, usagef("schedule.summary %q: %v", t.summarySpec, err)
		}
	}
	return t, nil
}

// work does what is due until the context ends or the listener fails. It looks at the clock at least once a minute, so
// that a computer that slept, or whose clock was set, catches up.
func (s *server) work(ctx context.Context, failed <-chan error) error {
	t, err := newTimetable(s.current())
	if err != nil {
		return err
	}
	s.intake(ctx)
	nextIntake := t.intake.Next(s.app.now().In(s.current().Location))
	for first := true; ; first = false {
		s.summaryIfDue(ctx, s.app.now())
		if first && ctx.Err() == nil {
			s.app.say("Serving %s; intake %q. Interrupt to stop.", s.current().Name, t.intakeSpec)
		}
		now := s.app.now()
		pause := min(time.Minute, max(nextIntake.Sub(now), 0))
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return fmt.Errorf("serve: %w", err)
		case <-time.After(pause):
		}
		if now = s.app.now(); !now.Before(nextIntake) {
			s.intake(ctx)
			z := s.current()
			if z.Schedule.Intake != t.intakeSpec {
				if changed, err := newTimetable(z); err == nil { // checked when it was loaded
					t = changed
				}
			}
			nextIntake = t.intake.Next(s.app.now().In(z.Location))
		}
	}
}

// intake is the scheduled run.
func (s *server) intake(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	out, err := s.run(ctx, request{})
	if out != nil && (len(out.Reports) > 0 || out.Published) {
		_ = s.app.printRun(s.current(), summarise(out)) // rejected returns are no fault of the run
	}
	if err != nil && ctx.Err() == nil {
		s.app.log().Error("scheduled run", "err", err)
	}
}

// done is what the schedule has done, kept in summaries/: so that each summary is written once, also after a restart.
type done struct {
	Summary time.Time `json:"summary"`         // the due time for which a summary was last written
	Failed  time.Time `json:"failed,omitzero"` // the due time for which it could not be written
	Why     string    `json:"why,omitempty"`   // what was in the way
}

func doneFile(z *office.Zone) string { return filepath.Join(z.Summaries(), "schedule.json") }

func readDone(z *office.Zone) (d done, err error) {
	text, err := os.ReadFile(doneFile(z))
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	return d, err
}

// dueSummary is the newest time, at or before now, at which a summary was to be written; false if none within a week
// and a day. So a computer that was off at that time writes it when it is on again, but not one for every week it was off.
func dueSummary(z *office.Zone, now time.Time) (time.Time, bool) {
	next := z.NextSummary
	if z.Schedule.Summary != "" {
		t, err := newTimetable(z)
		if err != nil {
			return time.Time{}, false
		}
		next = func(after time.Time) (time.Time, bool) {
			at := t.summary.Next(after.In(z.Location))
			return at, !at.IsZero()
		}
	}
	var last time.Time
	for at, ok := next(now.AddDate(0, 0, -8)); ok && !at.After(now); at, ok = next(at) {
		last = at
	}
	return last, !last.IsZero()
}

// summaryIfDue writes the summary once for each due time.
func (s *server) summaryIfDue(ctx context.Context, now time.Time) {
	if ctx.Err() != nil {
		return
	}
	z := s.current()
	due, ok := dueSummary(z, now)
	if !ok {
		return
	}
	d, err := readDone(z)
	if err != nil {
		s.app.log().Error("scheduled summary", "err", err)
		return
	}
	if !d.Summary.Before(due) {
		return
	}
	s.intake(ctx) // what came in at the last minute belongs in it
	if some, err := anyReturn(z); err != nil || !some {
		if err != nil {
			s.app.log().Error("scheduled summary", "err", err)
		}
		return // nothing was ever handed in: nothing to sum up
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	issued, err := s.app.desk(s.zone).Issue(ctx, papers.Options{})
	if err == nil {
		err = writeDone(z, done{Summary: due})
	} else if why := err.Error(); !d.Failed.Equal(due) || d.Why != why {
		d.Failed, d.Why = due, why
		err = errors.Join(err, writeDone(z, d)) // for status
	}
	if err != nil {
		s.app.log().Error("scheduled summary; it is tried again within a minute", "due", due.Format(time.RFC3339), "err", err)
		return
	}
	s.app.say("Summary: %s", issued.Path)
}

func writeDone(z *office.Zone, d done) error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return durable.WriteBytes(doneFile(z), 0o644, append(text, '\n'))
}

// lateSummary says that a summary which serve was to write is not there, and why; "" where none is late. A zone in
// which serve never wrote one has no schedule to be late by.
func lateSummary(z *office.Zone, now time.Time) (string, error) {
	d, err := readDone(z)
	if err != nil || d == (done{}) {
		return "", err
	}
	due, ok := dueSummary(z, now)
	if !ok || !d.Summary.Before(due) {
		return "", nil
	}
	text := "周报：应于" + due.In(z.Location).Format("2006-01-02 15:04") + "生成的一期还没有生成"
	if d.Failed.Equal(due) {
		text += "：" + d.Why
	}
	return text + "。serve 运行时每分钟再试，也可以用 taizhang summary 生成。", nil
}

// anyReturn says whether anything was ever handed in.
func anyReturn(z *office.Zone) (bool, error) {
	a, err := archive.View(z.Archive())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for e, err := range a.All() {
		if err != nil || e.Event == archive.Arrive {
			return err == nil, err
		}
	}
	return false, nil
}
