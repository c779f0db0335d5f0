//go:build unix

package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/warehouse"
)

// waitFor waits until something holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	limit := time.Now().Add(30 * time.Second)
	for !holds() {
		if time.Now().After(limit) {
			t.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// holderOf tells who owns a zone.
func holderOf(t *testing.T, zone string) *warehouse.HeldError {
	t.Helper()
	o, err := warehouse.Lock(zone, "test")
	if err == nil {
		if err := o.Release(); err != nil {
			t.Fatal(err)
		}
		return nil
	}
	held, ok := err.(*warehouse.HeldError)
	if !ok {
		t.Fatal(err)
	}
	return held
}

// serving starts serve in a process of its own and waits until it takes work.
func serving(t *testing.T, zone string) (*exec.Cmd, *lockedBuffer, *warehouse.HeldError) {
	t.Helper()
	c, log := start(t, "serve", "--zone", zone)
	waitFor(t, "serve has done its first round", func() bool { return strings.Contains(log.String(), "Serving ") })
	held := holderOf(t, zone)
	if held == nil || held.Address == "" {
		t.Fatalf("the holder is %+v", held)
	}
	return c, log, held
}

// lockedBuffer is a buffer that is read while a process writes into it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestRunBesideServe(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	zone := crashZone(t)
	hold := filepath.Join(t.TempDir(), "inbox")
	if err := os.Rename(filepath.Join(zone, "inbox"), hold); err != nil {
		t.Fatal(err)
	}
	server, log, held := serving(t, zone)
	if held.Command != "serve" || held.PID != server.Process.Pid || !strings.HasPrefix(held.Address, "127.0.0.1:") {
		t.Errorf("the holder is %+v", held)
	}
	if info, err := os.Stat(filepath.Join(zone, warehouse.LockName)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the lock file holds a secret and has the mode %v (%v)", info.Mode(), err)
	}

	// The work is handed over, and its result comes back: output and exit code are those of run.
	if err := os.RemoveAll(filepath.Join(zone, "inbox")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(hold, filepath.Join(zone, "inbox")); err != nil {
		t.Fatal(err)
	}
	code, _, out := program(t, "run", "--zone", zone, "--received-at", crashReceived)
	if code != 3 || !strings.Contains(out, "16 returns: 10 accepted, 3 with warnings") || !strings.Contains(out, "000001-1  产业局") || !strings.Contains(out, "Published: ") {
		t.Errorf("run beside serve: exit code %d\n%s", code, out)
	}
	if code, _, out = program(t, "run", "--zone", zone); code != 0 || !strings.Contains(out, "Nothing new") {
		t.Errorf("run beside serve: exit code %d\n%s", code, out)
	}
	list := mustJSON(t, "returns", "list", "--zone", zone)
	if len(list) != 16 || list[0]["received_at"] != "2022-08-15T09:00:00+08:00" {
		t.Errorf("%d returns, the first %v", len(list), list[0])
	}
	if code, _, out = program(t, "run", "--zone", zone, "--received-at", "yesterday"); code != 2 {
		t.Errorf("a wrong time: exit code %d\n%s", code, out)
	}

	// Readers work beside it.
	for _, args := range [][]string{{"metrics", "closure_rate"}, {"sql", "select 1"}, {"status"}, {"trace", "closure_rate"}, {"summary", "--text"}, {"returns", "show", "000001-1"}, {"models", "graph"}} {
		if code, _, out := program(t, append(args, "--zone", zone)...); code != 0 {
			t.Errorf("%v beside serve: exit code %d\n%s", args, code, out)
		}
	}
	// So do those who change something: serve does it for them, and what it says, and how it ends, is theirs.
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{0, "Decided and published: withdraw [000001-1]", []string{"returns", "withdraw", "000001-1", "--reason", "x y", "--by", "王主任"}},
		{0, "Decided and published: undo", []string{"returns", "undo", "000001-1", "--reason", "x"}},
		{0, "Decided and published: waive", []string{"returns", "waive", "产业局", "problem", "2022-W32", "--reason", "x"}},
		{0, "Decided and published: undo waive", []string{"returns", "undo", "waive", "产业局", "problem", "2022-W32", "--reason", "x"}},
		{0, "Decided and published: clear", []string{"returns", "clear", "产业局", "problem", "--reason", "x"}},
		{2, "error: no such return", []string{"returns", "withdraw", "009999-1", "--reason", "x"}},
		{0, "the figures are the same", []string{"rebuild"}},
		{0, "Published: ", []string{"models", "run", "--full"}},
		{0, "Published again: ", []string{"models", "rollback"}},
		{2, "nobody with the number", []string{"erase", "--person", identity(77), "--dry-run"}},
		{0, "", []string{"summary"}},
	} {
		code, out, log := program(t, append(c.args, "--zone", zone)...)
		if code != c.code || !strings.Contains(log, c.says) {
			t.Errorf("%v beside serve: exit code %d\n%s\n%s", c.args, code, out, log)
		}
		if c.args[0] == "summary" && !exists(strings.TrimSpace(out)) {
			t.Errorf("summary beside serve names %q", out)
		}
	}
	for _, l := range mustJSON(t, "returns", "list", "--zone", zone) {
		if l["return"] == "000001-1" && l["decision"] != nil {
			t.Errorf("after the undo: %v", l)
		}
	}
	// A second serve is told who holds the zone.
	if code, _, out := program(t, "serve", "--zone", zone); code != 4 || !strings.Contains(out, "`taizhang serve` (process ") || !strings.Contains(out, "hint: ") {
		t.Errorf("serve beside serve: exit code %d\n%s", code, out)
	}

	// Nobody hands work over without the secret.
	resp, err := http.Post("http://"+held.Address+"/run", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("without the secret: %s", resp.Status)
	}
	var s said
	if err := handOver(t.Context(), held, commandPath, handed{zone, []string{"demo", "x"}}, &s); err != nil || s.Code != exitUsage {
		t.Errorf("a command that isn't taken over: %+v, %v", s, err)
	}
	if err := handOver(t.Context(), held, commandPath, handed{t.TempDir(), []string{"rebuild"}}, &s); err != nil || s.Code != exitUsage {
		t.Errorf("another zone: %+v, %v", s, err)
	}

	// A configuration that has become wrong: said so with its place, figures stay; mended, work goes on.
	config := filepath.Join(zone, "taizhang.yaml")
	good, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, append(good, "nosuch: 1\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, out := program(t, "run", "--zone", zone); code != 2 || !strings.Contains(out, "taizhang.yaml:9:1") {
		t.Errorf("with a wrong configuration: exit code %d\n%s", code, out)
	}
	if err := os.WriteFile(config, good, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, out := program(t, "run", "--zone", zone); code != 0 {
		t.Errorf("mended: exit code %d\n%s", code, out)
	}

	// It ends cleanly, and soon.
	begin := time.Now()
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("serve ended with %v\n%s", err, log)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("serve took %v to end", took)
	}
	if held := holderOf(t, zone); held != nil {
		t.Errorf("still held: %v", held)
	}
	if code, _, out := program(t, "rebuild", "--zone", zone); code != 0 {
		t.Errorf("rebuild after serve: exit code %d\n%s", code, out)
	}
}

// TestKilledServe: a serve that was killed leaves no lock behind.
func TestKilledServe(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	zone := crashZone(t)
	server, _, _ := serving(t, zone)
	_ = server.Process.Kill()
	_ = server.Wait()
	if code, _, out := program(t, "run", "--zone", zone); code != 0 && code != 3 {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestReadersDuringRun reads without a pause while runs take returns in and publish: no reader waits or fails.
func TestReadersDuringRun(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	zone := crashZone(t)
	if code, _, out := program(t, "run", "--zone", zone, "--received-at", crashReceived); code != 3 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for _, args := range [][]string{{"metrics", "problems_collected", "-f", "json"}, {"sql", "select count(*) from 问题台账", "-f", "csv"}} {
		readers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					if n < 3 {
						t.Errorf("%v was read only %d times", args, n)
					}
					return
				default:
				}
				var out, log bytes.Buffer
				if code := run(append(args, "--zone", zone), strings.NewReader(""), &out, &log); code != 0 || out.Len() == 0 {
					t.Errorf("%v: exit code %d\n%s", args, code, log.String())
					return
				}
			}
		})
	}
	for i := range 3 {
		path := filepath.Join(zone, "inbox/产业局/问题台账.csv")
		if err := os.WriteFile(path, []byte(problemCSV("产业局", 32, 20, 10+i)), 0o644); err != nil {
			t.Fatal(err)
		}
		c, log := start(t, "run", "--zone", zone, "--received-at", "2022-08-15 10:0"+string(rune('0'+i)))
		if err := c.Wait(); err != nil {
			t.Errorf("%v\n%s", err, log)
		}
	}
	close(done)
	readers.Wait()
}

// clock is a clock that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// TestWeeklySummaryOnce: the summary is written once after the last due time of the week, also by a computer that was
// off at that time, and not again after a restart.
func TestWeeklySummaryOnce(t *testing.T) {
	dir := crashZone(t)
	config := filepath.Join(dir, "taizhang.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, bytes.Replace(text, []byte("as_of: 2022-08-15\n"), nil, 1), 0o644); err != nil {
		t.Fatal(err)
	}
	z, err := office.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", s, z.Location)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	c := &clock{}
	var out, log bytes.Buffer
	fresh := func() *server {
		return &server{app: &app{out: &out, err: &log, now: c.Now, format: "table"}, zone: z}
	}
	s := fresh()
	issued := func() int { return strings.Count(log.String(), "Summary: ") }
	tick := func(when string) {
		t.Helper()
		c.set(at(when))
		s.summaryIfDue(context.Background(), c.Now())
	}
	if err := z.EnsureFolders(); err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		when string
		want int
		then func()
	}{
		{"2022-08-15 11:59", 1, nil}, // last week's was never written: the computer was off
		{"2022-08-15 12:00", 2, nil}, // Monday noon: the last due time of this week
		{"2022-08-15 12:01", 2, nil},
		{"2022-08-15 18:00", 2, func() { s = fresh() }},
		{"2022-08-16 09:00", 2, nil}, // after a restart: not again
		{"2022-08-22 11:00", 2, nil},
		{"2022-08-24 09:00", 3, nil}, // off on Monday, on again on Wednesday
		{"2022-08-24 09:01", 3, nil},
		{"2022-10-12 09:00", 4, nil}, // off for weeks: one, not one for each week
		{"2022-10-12 09:05", 4, nil},
	} {
		tick(step.when)
		if got := issued(); got != step.want {
			t.Errorf("step %d, %s: %d summaries, want %d", i+1, step.when, got, step.want)
		}
		if step.then != nil {
			step.then()
		}
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("errors were logged:\n%s", log.String())
	}
	if !exists(filepath.Join(dir, "summaries/样板园区周报_截至2022-08-15.xlsx")) {
		t.Errorf("not there: %v", files(t, filepath.Join(dir, "summaries")))
	}
}

// TestSummaryBySchedule: a schedule of its own decides instead of the due times.
func TestSummaryBySchedule(t *testing.T) {
	dir := crashZone(t)
	config := filepath.Join(dir, "taizhang.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, append(text, "schedule: {summary: \"0 16 * * 5\"}\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	z, err := office.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for when, want := range map[string]string{
		"2022-08-19T15:59:00+08:00": "2022-08-12T16:00:00+08:00",
		"2022-08-19T16:00:00+08:00": "2022-08-19T16:00:00+08:00",
		"2022-08-22T09:00:00+08:00": "2022-08-19T16:00:00+08:00",
	} {
		now, err := time.Parse(time.RFC3339, when)
		if err != nil {
			t.Fatal(err)
		}
		due, ok := dueSummary(z, now)
		if !ok || due.In(z.Location).Format(time.RFC3339) != want {
			t.Errorf("at %s the newest due time is %v (%v), want %s", when, due, ok, want)
		}
	}
}

// TestEmptyZoneServes: with nothing handed in there is no summary, and no error every minute.
func TestEmptyZoneServes(t *testing.T) {
	dir := t.TempDir()
	if code, _, out := program(t, "init", dir, "--name", "样板园区"); code != 0 {
		t.Fatal(out)
	}
	z, err := office.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s := &server{app: &app{out: &log, err: &log, now: time.Now, format: "table"}, zone: z}
	s.summaryIfDue(context.Background(), time.Now())
	s.summaryIfDue(context.Background(), time.Now())
	if strings.Contains(log.String(), "level=ERROR") {
		t.Error(log.String())
	}
	if n := len(files(t, filepath.Join(dir, "summaries"))); n != 0 {
		t.Errorf("%d files in summaries/", n)
	}
}
