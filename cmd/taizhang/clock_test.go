package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/internal/tooltest"
)

// TestClock: a clock that was wrong once is said, and decides nothing in silence: what comes later is never older than
// what came before, unless the operator says that the clock is right.
func TestClock(t *testing.T) {
	t.Parallel()
	zone := t.TempDir()
	put := func(name, text string) {
		writeLongAgo(t, filepath.Join(zone, filepath.FromSlash(name)), text)
	}
	config := "zone: 样板园区\nas_of: 2022-08-15\nsubmitters:\n  - {code: cyj, name: 产业局, kind: department}\n"
	put("taizhang.yaml", config)
	at := func(now string, args ...string) (int, string) {
		t.Helper()
		when, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		a := &app{out: &out, err: &out, now: func() time.Time { return when }}
		root := a.root()
		root.SetArgs(append(args, "--zone", zone))
		return a.exit(root.Execute()), out.String()
	}
	want := func(code int, log string, wantCode int, part string) {
		t.Helper()
		if code != wantCode || !strings.Contains(log, part) {
			t.Fatalf("exit code %d, want %d and %q\n%s", code, wantCode, part, log)
		}
	}
	closed := func(n string) {
		t.Helper()
		code, log := at("2022-08-15T12:00:00+08:00", "metrics", "problems_closed", "-f", "csv", "--known-at", "2031-01-01")
		want(code, log, 0, ","+n+",")
	}
	put("inbox/产业局/a.csv", problemCSV("产业局", 32, 20, 1))
	code, log := at("2022-08-16T09:00:00+08:00", "run") // the clock is a day fast
	want(code, log, 0, "Published")
	put("inbox/产业局/b.csv", problemCSV("产业局", 32, 20, 2))
	code, log = at("2022-08-15T10:00:00+08:00", "run") // it is right again: the correction must not lose to what it corrects
	want(code, log, 2, "the clock says 2022-08-15 10:00, but the last return or decision is of 2022-08-16 09:00")
	want(code, log, 2, "--clock-ok")
	if _, err := os.Stat(filepath.Join(zone, "inbox/产业局/b.csv")); err != nil {
		t.Fatal("it has left the inbox")
	}
	code, log = at("2022-08-15T10:00:00+08:00", "returns", "withdraw", "000001-1", "--reason", "x")
	want(code, log, 2, "the clock says")
	code, log = at("2022-08-16T08:58:00+08:00", "run") // as time servers set it: it counts as the last one
	want(code, log, 0, "Published")
	closed("2")
	put("inbox/产业局/c.csv", problemCSV("产业局", 32, 20, 3))
	code, log = at("2022-08-16T09:30:00+08:00", "run", "--received-at", "2022-08-16 10:00")
	want(code, log, 2, "lies in the future")
	code, log = at("2022-08-17T09:00:00+08:00", "run", "--received-at", "2022-08-16 08:00") // back-filling may
	want(code, log, 0, "Published")

	// Another time zone or code than that by which returns came in counts them at other hours, or not at all.
	put("taizhang.yaml", config+"timezone: UTC\n")
	for _, command := range []string{"run", "rebuild"} {
		code, log = at("2022-08-18T09:00:00+08:00", command)
		want(code, log, 2, `timezone is "UTC" now but was "Asia/Shanghai"`)
	}
	put("taizhang.yaml", config+"code: other\n")
	for _, command := range []string{"run", "rebuild"} {
		code, log = at("2022-08-18T09:00:00+08:00", command)
		want(code, log, 2, `code is "other" now but was`)
	}
	put("taizhang.yaml", config)
	code, log = at("2022-08-18T09:00:00+08:00", "rebuild")
	want(code, log, 0, "Rebuilt")
	put("inbox/产业局/d.csv", problemCSV("产业局", 31, 20, 3))
	code, log = at("2022-08-15T10:00:00+08:00", "run", "--clock-ok")
	want(code, log, 0, "Published")
}

// TestClockStepsBack: a clock that jumps back before or while a run works makes no figures of an earlier day, and leaves
// out nothing that came before it jumped; a clock that jumps on for a moment costs no later return.
func TestClockStepsBack(t *testing.T) {
	t.Parallel()
	tooltest.Thorough(t)
	base := t.TempDir()
	writeLongAgo(t, filepath.Join(base, "taizhang.yaml"), "zone: 样板园区\nsubmitters:\n  - {code: cyj, name: 产业局, kind: department}\n  - {code: jsj, name: 建设局, kind: department}\n")
	writeLongAgo(t, filepath.Join(base, "inbox/产业局/a.csv"), problemCSV("产业局", 32, 20, 1))
	noon := time.Date(2022, 8, 15, 4, 0, 0, 0, time.UTC)
	run := func(zone string, clock func() time.Time, args ...string) (int, string) {
		var out bytes.Buffer
		a := &app{out: &out, err: &out, now: clock}
		root := a.root()
		root.SetArgs(append(args, "--zone", zone))
		return a.exit(a.finish(root.Execute())), out.String()
	}
	still := func(at time.Time) func() time.Time { return func() time.Time { return at } }
	figures := func(zone string) string {
		_, out := run(zone, still(noon.Add(48*time.Hour)), "sql", "select metric, value, num, den from mart.metric where dimension = 'total' order by 1", "-f", "csv")
		return out
	}
	if code, log := run(base, still(noon), "run"); code != 0 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	before := figures(base)
	if code, log := run(base, still(noon.AddDate(-1, 0, 0)), "run"); code != 2 || !strings.Contains(log, "the clock says 2021-08-15 12:00") {
		t.Errorf("a run a year back: %d %s", code, log)
	}
	if after := figures(base); after != before {
		t.Errorf("figures of a year back are published:\n%s", difference(before, after))
	}
	if code, log := run(base, still(noon.AddDate(-1, 0, 0)), "rebuild"); code != 0 || !strings.Contains(log, "by a clock that is before the last return") {
		t.Errorf("a rebuild a year back says nothing of it: %d %s", code, log)
	}
	if code, log := run(base, still(noon), "run"); code != 0 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	calm := copyZone(t, base)
	drop := func(zone string) {
		writeLongAgo(t, filepath.Join(zone, "inbox/建设局/b.csv"), problemCSV("建设局", 32, 20, 5))
	}
	drop(calm)
	ten := noon.Add(10 * time.Minute)
	if code, log := run(calm, still(ten), "run"); code != 0 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	want := figures(calm)
	asked := 0
	count := func() time.Time { asked++; return ten }
	counted := copyZone(t, base)
	drop(counted)
	run(counted, count, "run")
	if asked < 4 {
		t.Fatalf("the clock is asked %d times", asked)
	}
	later := ten.Add(27 * time.Hour)
	if code, log := run(calm, still(later), "run"); code != 0 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	afterwards, one := figures(calm), rand.IntN(asked)
	for n := range asked { // at every look at the clock
		for _, jump := range []time.Duration{-3 * time.Minute, -26 * time.Hour, 26 * time.Hour} {
			if !everything() && n != one {
				continue
			}
			zone, i := copyZone(t, base), 0
			drop(zone)
			code, log := run(zone, func() time.Time {
				if i++; i > n {
					return ten.Add(jump)
				}
				return ten
			}, "run")
			if code != 0 && (code != 2 || !strings.Contains(log, "the clock says")) {
				t.Errorf("jump %v at %d: %d %s", jump, n, code, log)
			}
			if code, log := run(zone, still(later), "run"); code != 0 {
				t.Errorf("jump %v at %d: the next run: %d %s", jump, n, code, log)
			}
			if got := figures(zone); got != afterwards {
				t.Errorf("jump %v at %d:\n%s", jump, n, difference(afterwards, got))
			}
		}
	}
	if !strings.Contains(want, "problems_closed,6") {
		t.Errorf("both units should count:\n%s", want)
	}
}
