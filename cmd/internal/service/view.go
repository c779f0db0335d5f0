package service

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/lang"
	"taizhang/internal/state"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
)

// JobView is how a job stands.
type JobView struct {
	Name     string
	Title    string
	Schedule lang.Text  // as it is declared: cron, or days in words
	Last     *state.Run // the newest attempt that isn't under way
	Failed   bool       // it did not succeed
	Done     time.Time  // when it was last done
	Busy     time.Time  // since when it is at work; zero where it isn't
	Next     time.Time  // when it is next done; zero where it isn't
	Why      lang.Text  // why it isn't done, or what it waits for
}

// View is how the service of a zone stands, seen from any process.
type View struct {
	Serving bool // a service is at work
	Since   time.Time
	Jobs    []JobView
	Alerts  []state.Alert
}

// Look says how the service of a zone stands. Nothing is changed.
func Look(ctx context.Context, z *office.Zone, now time.Time) (v View, err error) {
	if held := warehouse.Serving(z.Dir); held != nil {
		v.Serving, v.Since = true, held.Since
	}
	s := &Service{zone: z, o: Options{Clock: func() time.Time { return now }}}
	st, err := state.View(ctx, z.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return v, err
	}
	if st != nil {
		defer func() { err = errors.Join(err, st.Close()) }()
		if v.Alerts, err = st.Alerts(ctx); err != nil {
			return v, err
		}
	}
	for _, j := range s.jobTable(z) {
		job, err := viewOf(ctx, st, j, now, v.Serving)
		if err != nil {
			return v, err
		}
		v.Jobs = append(v.Jobs, job)
	}
	return v, nil
}

// viewOf is how one job stands; st is nil where no service ever ran.
func viewOf(ctx context.Context, st *state.Store, j job, now time.Time, serving bool) (v JobView, err error) {
	v = JobView{Name: j.name, Title: Titles[j.name], Schedule: lang.Say(j.schedule.String(), ""), Why: j.why}
	if j.name == zone.JobSummary && j.schedule.String() == afterLastDue || j.name == zone.JobMail && j.schedule.String() == afterLastDue {
		v.Schedule = weeklyUsual
	}
	if st != nil {
		runs, err := st.Newest(ctx, j.name, 50)
		if err != nil {
			return v, err
		}
		for _, r := range runs {
			if r.Result == state.Running {
				v.Busy = r.Started
			} else if v.Last == nil {
				v.Last, v.Failed = &r, r.Result == state.Failed
			}
		}
		if i := slices.IndexFunc(runs, func(r state.Run) bool { return r.Result == state.Done }); i >= 0 {
			v.Done = runs[i].Finished
		}
	}
	if j.isOff() {
		return v, nil
	}
	if at, ok := j.schedule.Next(now); ok {
		v.Next = at
	} else {
		v.Why = lang.Say("no returns are owed that it could follow", "没有应报的报表，无从定时")
	}
	if r := v.Last; r != nil && r.Result == state.Failed && !j.light && !r.Due.IsZero() {
		if r.Attempt > j.retries {
			v.Why = lang.Say("failed %d times and is not tried again; once what is at fault is mended: taizhang jobs run %s", "已试%d次未成功，不再重试；处理后在网页“运行”里点“现在做”，或执行 taizhang jobs run %s", r.Attempt, j.name)
		} else {
			v.Next, v.Why = r.Finished.Add(pauseAfter(r.Attempt)), lang.Say("it failed last time and is tried again then", "上次未成功，届时重试")
		}
	}
	if !serving {
		v.Why = lang.Say("nobody serves (taizhang serve)", "服务未运行（taizhang serve）")
	}
	return v, nil
}

// LateSummary says that a weekly that the service was to issue is not there, and why; empty where none is late. A zone
// whose service never issued one has no schedule to be late by.
func LateSummary(ctx context.Context, z *office.Zone, now time.Time) (lang.Text, error) {
	st, err := state.View(ctx, z.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return lang.Text{}, nil
	}
	if err != nil {
		return lang.Text{}, err
	}
	defer st.Close()
	s := &Service{zone: z, o: Options{Clock: func() time.Time { return now }}}
	j, err := s.find(zone.JobSummary)
	if err != nil || j.isOff() {
		return lang.Text{}, err
	}
	if _, ever, err := st.Last(ctx, j.name); err != nil || !ever {
		return lang.Text{}, err
	}
	due, ok := j.schedule.Last(now)
	if !ok {
		return lang.Text{}, nil
	}
	if settled, err := st.Settled(ctx, j.name, due); err != nil || settled {
		return lang.Text{}, err
	}
	_, last, err := st.Attempts(ctx, j.name, due)
	if err != nil {
		return lang.Text{}, err
	}
	because := lang.Text{}
	if last.Message.Chinese != "" {
		because = lang.Say(": %s", "：%s", inBoth(last.Message))
	}
	return lang.Say("weekly: the one due at %s is not there yet%s. serve tries again, and taizhang jobs run summary makes it.",
		"周报：应于%s生成的一期还没有生成%s。serve 运行时会再试，也可以用 taizhang jobs run summary 生成。", due.In(z.Location).Format("2006-01-02 15:04"), because), nil
}

// find is jobOf for a service that isn't at work.
func (s *Service) find(name string) (job, error) {
	s.jobs = s.jobTable(s.zone)
	return s.jobOf(name)
}
