package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/lang"
	"taizhang/internal/schedule"
	"taizhang/internal/state"
	"taizhang/internal/zone"
)

// bench is a zone that is served by a clock that the test sets.
type bench struct {
	t   *testing.T
	dir string
	s   *Service

	faked map[string]func(attempt) (Report, error)

	mu  sync.Mutex
	now time.Time
	log bytes.Buffer
}

var cst = time.FixedZone("CST", 8*3600)

func (b *bench) at(s string) time.Time {
	b.t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", s, cst)
	if err != nil {
		b.t.Fatal(err)
	}
	return when
}

func (b *bench) Write(p []byte) (int, error) { b.mu.Lock(); defer b.mu.Unlock(); return b.log.Write(p) }

func (b *bench) said() string { b.mu.Lock(); defer b.mu.Unlock(); return b.log.String() }

func (b *bench) options() Options {
	return Options{
		Clock:   func() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.now },
		Pause:   func(time.Duration) {},
		Log:     slog.New(slog.NewTextHandler(b, nil)),
		Say:     func(text string) { fmt.Fprintln(b, text) },
		Told:    func(_ *office.Zone, o *office.Outcome) { fmt.Fprintln(b, "told:", told(o)) },
		Command: func(context.Context, *office.Zone, Handed) Said { return Said{} },
		Code:    func(error) int { return 1 },
	}
}

// fake has jobs do something else than their work, which is not what the test is about.
func (b *bench) fake(do map[string]func(attempt) (Report, error)) {
	b.faked = do
	b.s.table = func(z *office.Zone) []job {
		jobs := b.s.jobTable(z)
		for i := range jobs {
			if f := do[jobs[i].name]; f != nil {
				jobs[i].do = func(_ context.Context, a attempt) (Report, error) { return f(a) }
			}
		}
		return jobs
	}
}

// start begins to serve, ending the service before, if any, as a kill would: nothing is noted.
func (b *bench) start() {
	b.t.Helper()
	z, err := office.Load(b.dir)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := z.EnsureFolders(); err != nil {
		b.t.Fatal(err)
	}
	if b.s != nil {
		b.s.beside.Wait()
		if err := b.s.store.Close(); err != nil {
			b.t.Fatal(err)
		}
	}
	if b.s, err = New(b.t.Context(), z, b.options()); err != nil {
		b.t.Fatal(err)
	}
	b.fake(b.faked)
}

// tick sets the clock and does what is due then.
func (b *bench) tick(when string) {
	b.t.Helper()
	b.mu.Lock()
	b.now = b.at(when)
	b.mu.Unlock()
	b.s.Tick(b.t.Context())
	b.s.beside.Wait()
}

func (b *bench) file(name string) string { return filepath.Join(b.dir, filepath.FromSlash(name)) }

func (b *bench) write(name, text string) {
	b.t.Helper()
	if err := os.MkdirAll(filepath.Dir(b.file(name)), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(b.file(name), []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
	if err := os.Chtimes(b.file(name), time.Unix(0, 0), time.Unix(0, 0)); err != nil { // nothing is still copying it
		b.t.Fatal(err)
	}
}

func (b *bench) there(name string) bool { _, err := os.Stat(b.file(name)); return err == nil }

// runs of a job, newest first.
func (b *bench) runs(job string) []state.Run {
	b.t.Helper()
	runs, err := b.s.store.Newest(b.t.Context(), job, 1000)
	if err != nil {
		b.t.Fatal(err)
	}
	return runs
}

// issued is how many workbooks were issued.
func (b *bench) issued() int {
	books, err := filepath.Glob(b.file("summaries/*周报*.xlsx"))
	if err != nil {
		b.t.Fatal(err)
	}
	return len(books)
}

const config = `zone: 样板园区
submitters:
  - {code: cyj, name: 产业局, kind: department}
  - {code: smj, name: 双马街道, kind: street}
returns:
  - {form: problem, from: all, due: monday 12:00, since: 2022-W32}
`

func ledger(unit string, week, rows int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "问题台账\n填报单位：%s,,报送期：2022年第%d周\n问题编号,问题来源,责任清单,问题描述,牵头单位,交办日期,办结时限,办理状态,办结日期,办理情况\n", unit, week)
	for i := range rows {
		fmt.Fprintf(&b, "%s-%03d,走访调研,基层治理,路灯不亮%d,%s,2022-07-01,2022-09-01,办理中,,正在处理\n", unit, i+1, i+1, unit)
	}
	return b.String()
}

// served is a zone with one return, served from that moment on.
func served(t *testing.T, when, more string) *bench {
	t.Helper()
	b := &bench{t: t, dir: t.TempDir()}
	b.now = b.at(when)
	b.write("taizhang.yaml", config+more)
	b.write("inbox/产业局/问题台账.csv", ledger("产业局", 32, 3))
	b.start()
	t.Cleanup(func() {
		if err := b.s.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestDefaults(t *testing.T) {
	for name, spec := range defaults {
		if _, err := schedule.Parse(spec, cst, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := served(t, "2022-08-15 09:00", "")
	for _, j := range b.s.jobs {
		if Titles[j.name] == "" || j.do == nil || j.limit == 0 {
			t.Errorf("%+v", j)
		}
	}
}

// counted are jobs of which it is counted how often they were done.
func (b *bench) counted(names ...string) map[string]int {
	n, do := map[string]int{}, map[string]func(attempt) (Report, error){}
	for _, name := range zone.JobNames {
		do[name] = func(attempt) (Report, error) { return Report{}, nil }
	}
	for _, name := range names {
		do[name] = func(attempt) (Report, error) { n[name]++; return Report{News: true}, nil }
	}
	b.fake(do)
	return n
}

// TestWeeklyOnce: the weekly is issued once after the last due time of the week, also by a computer that was off at that
// time or for a year, not again after a restart or a kill, and whatever the clock does.
func TestWeeklyOnce(t *testing.T) {
	b := served(t, "2022-08-15 11:59", "")
	n := b.counted(zone.JobSummary)
	for i, step := range []struct {
		when string
		want int
		then func()
	}{
		{"2022-08-15 11:59", 1, nil}, // last week's was never issued: the computer was off
		{"2022-08-15 12:00", 2, nil}, // the last due time
		{"2022-08-15 12:01", 2, b.start},
		{"2022-08-15 18:00", 2, nil}, // after a kill: not again
		{"2022-08-22 11:00", 2, nil},
		{"2022-08-24 09:00", 3, nil}, // off on Monday, on again on Wednesday
		{"2022-08-22 13:00", 3, nil}, // the clock was set back two days
		{"2022-08-13 13:00", 3, nil}, // and back beyond the first
		{"2022-08-24 09:05", 3, nil},
		{"2022-10-12 09:00", 4, nil}, // off for weeks: one, not one for each week
		{"2023-11-01 09:00", 5, nil}, // off for a year
		{"2023-11-01 09:01", 5, nil},
		{"2030-11-01 09:01", 6, nil}, // the clock stands in the future for once
		{"2023-11-06 11:59", 6, nil},
		{"2023-11-06 12:00", 7, nil}, // and keeps nothing from being done when it is right again
	} {
		b.tick(step.when)
		if got := n[zone.JobSummary]; got != step.want {
			t.Fatalf("step %d, %s: issued %d times, want %d\n%s", i+1, step.when, got, step.want, b.said())
		}
		if step.then != nil {
			step.then()
		}
	}
}

// TestKilledWeekly: killed at any moment between the start of a weekly and its note, there is one set of papers, and one
// attempt more that says so.
func TestKilledWeekly(t *testing.T) {
	b := served(t, "2022-08-15 12:30", "as_of: 2022-08-15\n")
	due := b.at("2022-08-15 12:00")
	if _, err := b.s.store.Begin(t.Context(), state.Run{Job: zone.JobSummary, Due: due, Attempt: 1, By: bySchedule, Started: due}); err != nil {
		t.Fatal(err)
	}
	b.start() // killed before anything was issued
	b.tick("2022-08-15 12:31")
	if runs := b.runs(zone.JobSummary); len(runs) != 2 || runs[0].Result != state.Done || runs[0].Attempt != 2 || runs[1].Result != state.Lost || b.issued() != 1 {
		t.Fatalf("%d workbooks, %+v", b.issued(), runs)
	}
	// Killed after it was issued and before that was noted.
	if err := b.s.store.End(t.Context(), b.runs(zone.JobSummary)[0].ID, due, state.Lost, lang.Text{}); err != nil {
		t.Fatal(err)
	}
	b.start()
	b.tick("2022-08-15 12:32")
	if runs := b.runs(zone.JobSummary); len(runs) != 3 || runs[0].Result != state.Done || b.issued() != 1 {
		t.Errorf("%d workbooks, %+v", b.issued(), runs)
	}
}

// TestMissed: what was missed is made up for once, each time, or not at all, as the zone says.
func TestMissed(t *testing.T) {
	for missed, want := range map[string]int{zone.MissedOnce: 1, zone.MissedEach: 10, zone.MissedSkip: 0} {
		b := served(t, "2022-08-01 09:30", "schedule:\n  remind: {at: '0 9 * * *', missed: "+missed+"}\n")
		n := b.counted(zone.JobRemind)
		b.tick("2022-08-01 09:30")
		if n[zone.JobRemind] != 0 {
			t.Errorf("%s: done for a time before the schedule was known", missed)
		}
		b.start()
		b.tick("2022-08-11 09:30")
		if got := n[zone.JobRemind]; got != want {
			t.Errorf("%s: done %d times after ten days, want %d\n%+v", missed, got, want, b.runs(zone.JobRemind))
		}
		b.tick("2022-08-12 09:00")
		if got := n[zone.JobRemind]; got != want+1 {
			t.Errorf("%s: on time again: done %d times", missed, got)
		}
	}
}

// TestIntakeWhateverTheClock: the inbox is looked at after each step of the clock, in either direction.
func TestIntakeWhateverTheClock(t *testing.T) {
	b := served(t, "2022-08-15 09:00", "as_of: 2022-08-15\nschedule: {summary: off}\n")
	b.tick("2022-08-15 09:00")
	if b.there("inbox/产业局/问题台账.csv") {
		t.Fatalf("not taken in\n%s", b.said())
	}
	b.tick("2022-08-15 09:00")
	if n := len(b.runs(zone.JobIntake)); n != 1 {
		t.Errorf("%d runs noted", n)
	}
	// Two days back: it looks, refuses what came after, and says so where somebody sees it.
	b.write("inbox/双马街道/问题台账.csv", ledger("双马街道", 32, 3))
	b.tick("2022-08-13 09:00")
	text, err := os.ReadFile(b.file(AlertFile))
	if err != nil || !strings.Contains(string(text), "收件") || !strings.Contains(string(text), "时钟现在不准") {
		t.Errorf("%v\n%s", err, text)
	}
	b.tick("2022-08-15 09:02")
	if b.there("inbox/双马街道/问题台账.csv") || !b.there("outbox/双马街道") {
		t.Errorf("not taken in when the clock is right again\n%s", b.said())
	}
	b.tick("2022-08-15 09:04")
	if b.there(AlertFile) {
		t.Error("the alert stays")
	}
	// What is idle for months takes a row, not one for each minute.
	before := len(b.runs(zone.JobIntake))
	for m := range 12 {
		b.tick(fmt.Sprintf("2022-08-15 10:%02d", m))
	}
	if n := len(b.runs(zone.JobIntake)) - before; n > 1 {
		t.Errorf("%d rows for twelve minutes of nothing", n)
	}
}

// TestStaleWeekly: a weekly whose intake failed waits for it a little, then says so in itself.
func TestStaleWeekly(t *testing.T) {
	b := served(t, "2022-08-15 11:00", "as_of: 2022-08-15\nschedule: {publish: off}\n")
	b.tick("2022-08-15 11:00")
	before := b.issued()
	keys := b.file("archive/keys.json")
	if err := os.Rename(keys, keys+".away"); err != nil { // intake is refused
		t.Fatal(err)
	}
	b.write("inbox/双马街道/问题台账.csv", ledger("双马街道", 32, 3))
	for _, when := range []string{"2022-08-15 12:00", "2022-08-15 12:01"} {
		b.tick(when)
		if n := b.issued(); n != before {
			t.Fatalf("%s: issued on stale figures at once", when)
		}
	}
	b.tick("2022-08-15 12:07")
	if n := b.issued(); n != before+1 {
		t.Fatalf("%d workbooks more\n%s", n-before, b.said())
	}
	if r := b.runs(zone.JobSummary)[0]; r.Result != state.Done || !strings.Contains(r.Message.Chinese, "收件未成功") {
		t.Errorf("%+v", r)
	}
	pages, err := filepath.Glob(b.file("summaries/一页通_*.html"))
	if err != nil || len(pages) == 0 {
		t.Fatal(err)
	}
	text, err := os.ReadFile(pages[len(pages)-1])
	if err != nil || !strings.Contains(string(text), "本期数据可能不是最新") {
		t.Errorf("the page doesn't say that it is stale: %v", err)
	}
}

// TestReminders: units that owe something, or will by tomorrow, find a reminder in their outbox; it goes when they have
// handed in.
func TestReminders(t *testing.T) {
	b := served(t, "2022-08-14 08:00", "schedule: {summary: off, publish: off, remind: '0 9 * * *'}\n")
	b.tick("2022-08-14 08:00")
	b.tick("2022-08-15 09:00")
	text, err := os.ReadFile(b.file("outbox/双马街道/" + ReminderFile))
	if err != nil || !strings.Contains(string(text), "《问题台账》2022年第32周（8月8日—14日）：请于2022-08-15 12:00前报送。") {
		t.Errorf("before it is due: %v\n%s", err, text)
	}
	if b.there("outbox/产业局/" + ReminderFile) {
		t.Error("who has handed in is reminded")
	}
	b.tick("2022-08-16 09:00")
	if text, err = os.ReadFile(b.file("outbox/双马街道/" + ReminderFile)); err != nil || !strings.Contains(string(text), "应于2022-08-15 12:00前报送，尚未收到") {
		t.Errorf("after it was due: %v\n%s", err, text)
	}
	b.write("inbox/双马街道/问题台账.csv", ledger("双马街道", 32, 3))
	b.tick("2022-08-17 09:00")
	if b.there("outbox/双马街道/" + ReminderFile) {
		t.Errorf("it stays\n%s", b.said())
	}
}

// TestJobsThatFail: a panic, an endless job and a damaged record of jobs cost themselves only.
func TestJobsThatFail(t *testing.T) {
	b := served(t, "2022-08-15 09:00", "schedule: {summary: off}\n")
	j, err := b.s.jobOf(zone.JobTidy)
	if err != nil {
		t.Fatal(err)
	}
	j.do = func(context.Context, attempt) (Report, error) { panic("fell over") }
	if _, err := b.s.try(t.Context(), attempt{job: j, no: 1, by: "test"}); err == nil || !strings.Contains(err.Error(), "fell over") {
		t.Errorf("a panic: %v", err)
	}
	j.limit = time.Millisecond
	j.do = func(ctx context.Context, _ attempt) (Report, error) { <-ctx.Done(); return Report{}, ctx.Err() }
	if _, err := b.s.try(t.Context(), attempt{job: j, no: 1, by: "test"}); err == nil || !strings.Contains(err.Error(), "longer than its limit") {
		t.Errorf("an endless job: %v", err)
	}
	if err := b.s.store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.file(state.FileName), bytes.Repeat([]byte("no database "), 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	b.s = nil
	b.start()
	b.tick("2022-08-15 09:01")
	if !strings.Contains(b.said(), "a new one is begun") || b.there("inbox/产业局/问题台账.csv") {
		t.Errorf("a damaged record of jobs:\n%s", b.said())
	}
}

// TestWrongDeclarations: while taizhang.yaml is wrong nothing is taken in, and somebody is told; mended, work goes on.
func TestWrongDeclarations(t *testing.T) {
	b := served(t, "2022-08-15 09:00", "schedule: {summary: off}\n")
	b.write("taizhang.yaml", config+"nosuch: 1\n")
	b.tick("2022-08-15 09:01")
	text, err := os.ReadFile(b.file(AlertFile))
	if err != nil || !strings.Contains(string(text), "taizhang.yaml") || !b.there("inbox/产业局/问题台账.csv") {
		t.Errorf("%v\n%s", err, text)
	}
	b.write("taizhang.yaml", config+"schedule: {summary: off}\n")
	b.tick("2022-08-15 09:03")
	if b.there(AlertFile) || b.there("inbox/产业局/问题台账.csv") {
		t.Errorf("mended:\n%s", b.said())
	}
}

// TestNoSuchJob: a job that isn't one is a wrong request.
func TestNoSuchJob(t *testing.T) {
	b := served(t, "2022-08-15 09:00", "")
	var refusal *office.Refusal
	if _, err := Runs(t.Context(), b.s.Zone(), "nosuch", 1); !errors.As(err, &refusal) {
		t.Errorf("runs of it: %v", err)
	}
	if _, err := b.s.Do(t.Context(), "nosuch", "test"); !errors.As(err, &refusal) {
		t.Errorf("doing it: %v", err)
	}
}
