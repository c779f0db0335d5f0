//go:build linux

package trinotest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"taizhang/internal/engine"
)

// demoZone is the demo zone and the program that made it, which is asked as its user asks it.
type demoZone struct{ dir, program string }

func demo(t testing.TB) demoZone {
	t.Helper()
	dir := t.TempDir()
	d := demoZone{filepath.Join(dir, "zone"), filepath.Join(dir, "taizhang")}
	run(t, exec.Command("go", "build", "-o", d.program, "taizhang/cmd/taizhang"))
	run(t, exec.Command(d.program, "demo", d.dir))
	return d
}

func (d demoZone) publication() string { return filepath.Join(d.dir, "published", "taizhang.duckdb") }

// attach names the cluster in the zone's configuration.
func (d demoZone) attach(t testing.TB, c *cluster) {
	t.Helper()
	file := filepath.Join(d.dir, "taizhang.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, fmt.Appendf(text, "\nengine: {trino: {url: %q, user: clerk, retry: 10s}}\n", c.url), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (d demoZone) command(args ...string) *exec.Cmd {
	cmd := exec.Command(d.program, append(args, "--zone", d.dir)...)
	cmd.Env = append(os.Environ(), "LC_ALL=en_US.UTF-8")
	return cmd
}

func (d demoZone) ask(args ...string) (code int, out, log string) {
	var o, l bytes.Buffer
	cmd := d.command(args...)
	cmd.Stdout, cmd.Stderr = &o, &l
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return -1, "", err.Error()
	}
	return cmd.ProcessState.ExitCode(), o.String(), l.String()
}

var runShape = regexp.MustCompile(`run_[0-9]{8}t[0-9]{6}_[0-9a-f]+`)

// givenUp: whoever presses Ctrl-C in mid-run ends the statement on the cluster too, and leaves nothing there.
func (d demoZone) givenUp(t *testing.T, c *cluster, l *loaded) {
	t.Helper()
	cmd := d.command("models", "run")
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	building := func() bool {
		return slices.ContainsFunc(c.running(t), func(q string) bool { return strings.HasPrefix(q, "create table") && strings.Contains(q, "core_") })
	}
	for deadline := time.Now().Add(5 * time.Minute); !building(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			t.Fatalf("no model was built:\n%s", log.String())
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(log.String(), "interrupted") {
		t.Errorf("exit code %d\n%s", cmd.ProcessState.ExitCode(), log.String())
	}
	left := c.running(t)
	for deadline := time.Now().Add(30 * time.Second); len(left) > 0 && time.Now().Before(deadline); left = c.running(t) { // ending takes a cluster a moment
		time.Sleep(200 * time.Millisecond)
	}
	if len(left) > 0 {
		t.Errorf("on the cluster there still runs %.200q", left)
	}
	got, err := l.trino.Table(t.Context(), `select schema_name from lake.information_schema.schemata where schema_name like 'run%' or schema_name = 'core'`)
	if err != nil || len(got.Rows) > 0 {
		t.Errorf("schemas are left: %v (%v)", got.Rows, err)
	}
}

// run builds and publishes by the command.
func (d demoZone) run(t *testing.T, l *loaded) *engine.Built {
	t.Helper()
	began := time.Now()
	code, _, log := d.ask("models", "run")
	name := runShape.FindString(log)
	if code != 0 || name == "" {
		t.Fatalf("models run: exit code %d\n%s", code, log)
	}
	t.Logf("%d models built, checked and published by the command after %s", len(l.plan.Models), time.Since(began).Round(time.Second))
	if current, err := l.trino.Current(t.Context()); err != nil || current != name {
		t.Fatalf("the pointer names %q (%v), want %q", current, err, name)
	}
	return &engine.Built{Run: name}
}

// sameAnswers: the commands print the same from both engines, to the byte.
func (d demoZone) sameAnswers(t *testing.T) {
	t.Helper()
	for _, args := range [][]string{{"metrics", "-f", "json"}, {"metrics", "closure_rate", "problems_overdue", "--by", "submitter", "--as-of", "2022-07-11"},
		{"metrics", "closure_rate", "incentive_paid", "--compare"}, {"trace", "problems_overdue", "-f", "json"}, {"summary", "--text"}} {
		var said [2]string
		for i, engine := range []string{"trino", "duckdb"} {
			code, out, log := d.ask(append(slices.Clone(args), "--engine", engine)...)
			if code != 0 || out == "" {
				t.Errorf("%v on %s: exit code %d\n%s", args, engine, code, log)
			}
			said[i] = out
		}
		if said[0] != said[1] {
			t.Errorf("%v on Trino:\n%.1000s\non DuckDB:\n%.1000s", args, said[0], said[1])
		}
	}
	if code, out, log := d.ask("models", "test", "core.decision"); code != 0 || !strings.Contains(out, "ok") {
		t.Errorf("models test: exit code %d\n%s%s", code, out, log)
	}
}

// province asks the lake of many zones from a folder that has no warehouse of its own; its paper says what the publication of
// one warehouse of these zones says.
func province(t *testing.T, c *cluster, program, publication string, zones int) {
	t.Helper()
	p := demoZone{t.TempDir(), program}
	text := fmt.Sprintf("zone: 某省\ncode: sheng\njoined: true\nengine: {trino: {url: %q, catalog: zones}}\n", c.url)
	if err := os.WriteFile(filepath.Join(p.dir, "taizhang.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, log := p.ask("metrics", "problems_collected", "--by", "zone", "-f", "csv")
	if lines := strings.Count(out, "\n"); code != 0 || lines != 1+zones { // a head, and the zones
		t.Errorf("metrics --by zone: exit code %d, %d lines\n%s%s", code, lines, out, log)
	}
	beside := demoZone{t.TempDir(), program}
	if err := os.MkdirAll(filepath.Join(beside.dir, "published"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{os.WriteFile(filepath.Join(beside.dir, "taizhang.yaml"), []byte(text), 0o644),
		os.Symlink(publication, filepath.Join(beside.dir, "published", "taizhang.duckdb"))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	code, there, log := p.ask("summary", "--text")
	_, here, logHere := beside.ask("summary", "--text", "--engine", "duckdb")
	if code != 0 || there == "" || there != here {
		t.Errorf("summary --text: exit code %d\n%s%s\non DuckDB:\n%s%s", code, there, log, here, logHere)
	}
	code, out, log = p.ask("summary")
	books, err := filepath.Glob(filepath.Join(p.dir, "summaries", "*.xlsx"))
	if code != 0 || err != nil || len(books) != 1 {
		t.Errorf("summary: exit code %d, %v\n%s%s", code, books, out, log)
	}
}
