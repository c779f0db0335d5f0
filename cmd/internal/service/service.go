package service

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/papers"
	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/state"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
	"taizhang/queries"
)

// Options of a service.
type Options struct {
	Clock   func() time.Time
	Pause   func(time.Duration) // waits to see whether files still grow
	Log     *slog.Logger
	Version string
	Say     func(text string)                       // tells the operator of the process what was done
	Told    func(z *office.Zone, o *office.Outcome) // tells what a scheduled run took in
	// Command carries out a command that was handed over; nothing else works at the zone meanwhile.
	Command func(ctx context.Context, z *office.Zone, h Handed) Said
	// Code is the exit code that goes with an error.
	Code func(error) int
}

// Service keeps one zone at work. The caller owns the zone.
type Service struct {
	o     Options
	store *state.Store
	since time.Time // when it began
	token string
	page  string // where it is shown

	work sync.Mutex // held by whatever works at the zone

	mu      sync.Mutex
	zone    *office.Zone
	print   string               // how the files of the declarations looked last
	wrong   error                // why the declarations can't be read; the last ones that could are in force
	jobs    []job                // by the declarations in force
	looked  map[string]time.Time // the occurrence of a light job that was done last
	busy    map[string]time.Time // jobs at work, since when
	issued  *papers.Issued       // the workbook that was issued last, for the mail
	watched bool                 // something has changed in the inbox
	checked time.Time            // when alerts were last looked for
	seen    seen                 // of the journal, by whoever looks for alerts
	beside  sync.WaitGroup       // jobs that work beside others
	wake    chan struct{}
	table   func(*office.Zone) []job // by a zone's declarations
}

// New begins to serve a zone. A damaged state is set aside, and said; a newer program's is refused.
func New(ctx context.Context, z *office.Zone, o Options) (*Service, error) {
	s := &Service{o: o, zone: z, since: o.Clock(), looked: map[string]time.Time{}, busy: map[string]time.Time{}, wake: make(chan struct{}, 1)}
	s.table = s.jobTable
	var err error
	if s.store, err = OpenState(ctx, z, o); err != nil {
		return nil, err
	}
	if n, err := s.store.Abandon(ctx, s.since); err != nil {
		return nil, errors.Join(err, s.store.Close())
	} else if n > 0 {
		o.Log.Warn("jobs were at work when the program ended; they are done again where they are due", "jobs", n)
	}
	if err := s.importIssued(ctx); err != nil {
		return nil, errors.Join(err, s.store.Close())
	}
	s.jobs = s.table(z)
	return s, nil
}

// OpenState opens the zone's state, setting a damaged one aside: what it knew is lost, and that is said, but no figure
// depends on it.
func OpenState(ctx context.Context, z *office.Zone, o Options) (*state.Store, error) {
	st, err := state.Open(ctx, z.Dir)
	if !errors.Is(err, state.ErrDamaged) {
		if errors.Is(err, state.ErrNewer) {
			err = lang.Errorf("%w\nhint: use the newer program, or restore %s from the time before it", "%w\n建议：请用较新的程序，或恢复此前的 %s", err, state.FileName)
		}
		return st, err
	}
	aside, e := state.SetAside(z.Dir, o.Clock())
	if e != nil {
		return nil, errors.Join(err, e)
	}
	o.Log.Error("the record of jobs is damaged; a new one is begun, figures don't depend on it", "kept", aside, "err", err)
	return state.Open(ctx, z.Dir)
}

// NoteRun notes an intake that was made without a service, by somebody's hand or another program's schedule.
func NoteRun(ctx context.Context, z *office.Zone, o Options, started time.Time, by string, out *office.Outcome, err error) error {
	st, e := OpenState(ctx, z, o)
	if e != nil {
		return e
	}
	s := &Service{o: o, zone: z, store: st}
	run := state.Run{Job: zone.JobIntake, Attempt: 1, By: by, Started: started, Finished: o.Clock(), Result: state.Done, Message: lang.Text{English: told(out), Chinese: told(out)}}
	if err != nil {
		run.Result, run.Message = state.Failed, both(err)
	}
	news := out != nil && (len(out.Reports) > 0 || out.Published)
	return errors.Join(s.note(ctx, attempt{job: job{name: zone.JobIntake, light: true}}, run, news), st.Close())
}

// Close ends the service once nothing is at work.
func (s *Service) Close() error {
	s.beside.Wait()
	s.work.Lock()
	defer s.work.Unlock()
	return s.store.Close()
}

// Zone is the zone by the declarations in force.
func (s *Service) Zone() *office.Zone {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.zone
}

// refresh is reload where a file of the declarations looks another than before.
func (s *Service) refresh() error {
	print := s.Zone().Fingerprint()
	s.mu.Lock()
	same := print == s.print && s.wrong == nil && print != ""
	s.print = print
	s.mu.Unlock()
	if same {
		return nil
	}
	_, err := s.reload()
	return err
}

// reload reads the declarations again. While they are wrong the last ones hold for schedules, and nothing is taken in.
func (s *Service) reload() (*office.Zone, error) {
	z, err := office.Load(s.Zone().Dir)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = err
	if err != nil {
		return nil, err
	}
	s.zone = z
	s.jobs = s.table(z)
	return z, nil
}

// published is the publication's own point.
var published = warehouse.Point{AsOf: calendar.NoDate, From: calendar.NoDate}

// desk issues the zone's papers.
func (s *Service) desk(z *office.Zone) *papers.Desk {
	return &papers.Desk{Zone: z, Version: s.o.Version, Clock: s.o.Clock, Open: func(z *office.Zone) (*queries.Reader, warehouse.Point, error) {
		r, note, err := z.Read()
		if note != "" {
			s.o.Log.Warn("reading the publication", "note", note)
		}
		return r, published, err
	}}
}

// run takes in and publishes, by the declarations as they now stand. Nothing else works at the zone meanwhile.
func (s *Service) run(ctx context.Context, r Request) (*office.Zone, *office.Outcome, error) {
	s.work.Lock()
	defer s.work.Unlock()
	z, err := s.reload()
	if err != nil {
		return s.Zone(), nil, err
	}
	if r.ReceivedAt.After(s.o.Clock()) {
		return z, nil, office.Refuse("received at %s lies in the future: nothing can have been received then", "收到时间 %s 晚于现在：不可能在那时收到", r.ReceivedAt.Format(time.RFC3339))
	}
	var out *office.Outcome
	r.while(func() {
		out, err = z.Run(ctx, office.Options{ReceivedAt: r.ReceivedAt, Clock: s.o.Clock, ClockOK: r.ClockOK, Pause: s.o.Pause, Log: s.o.Log})
	})
	return z, out, err
}

// location is the zone's own time.
func (s *Service) location() *time.Location { return s.Zone().Location }

// shown is a moment as people in the zone read it.
func (s *Service) shown(t time.Time) string { return t.In(s.location()).Format("2006-01-02 15:04") }

// jobOf finds a job by its name.
func (s *Service) jobOf(name string) (job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs {
		if j.name == name {
			return j, nil
		}
	}
	return job{}, office.Refuse("no job %q; the jobs are %s", "没有任务 %q；任务有：%s", name, strings.Join(zone.JobNames, ", "))
}
