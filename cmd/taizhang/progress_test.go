package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/internal/engine"
	"taizhang/internal/lang"
)

func TestProgressLine(t *testing.T) {
	defer lang.SpeakAsSystem()
	what := lang.Say("taking returns in", "接收报表")
	for _, c := range []struct {
		chinese     bool
		done, total int64
		took        time.Duration
		width       int
		want        string
	}{
		{false, 50, 200, 10 * time.Second, 100, "taking returns in  █████░░░░░░░░░░░░░░░  50 of 200  5/s  30 s left"},
		{true, 50, 200, 10 * time.Second, 100, "接收报表  █████░░░░░░░░░░░░░░░  50/200  每秒5  还需30秒"},
		{true, 200, 200, 10 * time.Second, 100, "接收报表  ████████████████████  200/200  每秒20"},
		{true, 10, 100000, time.Second, 100, "接收报表  ░░░░░░░░░░░░░░░░░░░░  10/100000  每秒10  还需2小时46分"},
		{false, 3000, 0, 2 * time.Second, 100, "taking returns in  3000  1500/s"},
		{true, 0, 0, 75 * time.Second, 100, "接收报表  已用1分15秒"},
		{true, 50, 200, 10 * time.Second, 20, "接收报表  █████░░░…"},
	} {
		lang.Speak(map[bool]lang.Language{false: lang.English, true: lang.Chinese}[c.chinese])
		got := progressLine(what, c.done, c.total, c.took, c.width)
		if got != c.want || textWidth(got) >= c.width {
			t.Errorf("%q (%d columns), want %q", got, textWidth(got), c.want)
		}
	}
}

// TestTrinoProgress: a terminal sees what runs on Trino, with splits and stages, beside how much is done.
func TestTrinoProgress(t *testing.T) {
	defer lang.SpeakAsSystem()
	at := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	a := &app{err: io.Discard, screen: newScreen(io.Discard), now: func() time.Time { return at }}
	m := a.meter()
	m.report(0, 67, lang.Say("building models on Trino", "在 Trino 上构建模型"))
	at = at.Add(10 * time.Second)
	m.report(5, 67, lang.Say("building models on Trino", "在 Trino 上构建模型"))
	tell := m.watch(func() lang.Text { return lang.Say("core.fct_problem", "core.fct_problem") })
	for _, c := range []struct {
		told             engine.Progress
		english, chinese string
	}{
		{engine.Progress{State: "PLANNING"}, "  core.fct_problem: planning", "  core.fct_problem：planning"},
		{engine.Progress{State: "RUNNING", Nodes: 2, Done: 30, All: 120, Stages: 9, DoneStages: 3}, "  core.fct_problem: 30 of 120 splits, stage 3 of 9, 2 nodes", "  core.fct_problem：分片30/120，阶段3/9，2个节点"},
		{engine.Progress{State: engine.Ended}, "", ""},
	} {
		tell(c.told)
		for l, want := range map[lang.Language]string{lang.English: "building models on Trino  █░░░░░░░░░░░░░░░░░░░  5 of 67  2 min 4 s left" + c.english,
			lang.Chinese: "在 Trino 上构建模型  █░░░░░░░░░░░░░░░░░░░  5/67  还需2分4秒" + c.chinese} {
			lang.Speak(l)
			if got := m.line(200); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
	}
	// What is printed is printed after the line is gone, and ends it for good.
	a.settle()
	m.end()
	if a.innermost() != nil {
		t.Error("a meter runs on")
	}
}

// TestProgressInLogs: where nobody looks nothing is drawn, and the log has a line every ten seconds.
func TestProgressInLogs(t *testing.T) {
	at := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	a := &app{err: &log, screen: newScreen(&log), verbose: true, now: func() time.Time { return at }}
	m := a.meter()
	for i := range int64(31) {
		m.report(i, 100, lang.Say("taking returns in", "接收报表"))
		at = at.Add(time.Second)
	}
	m.end()
	if got := strings.Count(log.String(), "at work"); got != 3 || strings.Contains(log.String(), "\r") || !strings.Contains(log.String(), `done=10 total=100`) {
		t.Errorf("%d lines\n%s", got, log.String())
	}
}

// TestScreen: what is said in between stands on a line of its own, and the line of progress goes away at the end.
func TestScreen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tty")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := &screen{to: f, file: f}
	s.draw("one")
	s.draw("two")
	if _, err := s.Write([]byte("said\n")); err != nil {
		t.Fatal(err)
	}
	s.draw("three")
	s.draw("")
	if got, want := string(must(os.ReadFile(path))), clearLine+"one"+clearLine+"two"+clearLine+"said\n"+clearLine+"three"+clearLine; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
