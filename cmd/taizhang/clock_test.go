package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestClock: a clock that was wrong once is said, and decides nothing in silence: what comes later is never older than
// what came before, unless the operator says that the clock is right.
func TestClock(t *testing.T) {
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
