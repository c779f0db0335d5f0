//go:build unix

package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"taizhang/cmd/internal/service"
	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
)

// TestAnsweredInTheAskersLanguage: what is handed over to a serve that was started in another language is answered in that
// of whoever hands it over: what a command prints, why it is refused, what a run warns of; serve goes on in its own.
func TestAnsweredInTheAskersLanguage(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	zone := filepath.Join(t.TempDir(), "zone")
	if code, _, log := program(t, "init", zone, "--name", "示范区"); code != exitDone {
		t.Fatal(log)
	}
	server, log, _ := serving(t, zone)
	for _, c := range []struct {
		says map[string]string // by language
		args []string
	}{
		{map[string]string{"C": "no such return: 999999-1", "zh_CN.UTF-8": "没有报表 999999-1"}, []string{"returns", "withdraw", "999999-1", "--reason", "报错了"}},
		{map[string]string{"C": "has no backup:", "zh_CN.UTF-8": "没有写 backup:"}, []string{"jobs", "run", "backup"}},
		{map[string]string{"C": "Nothing new", "zh_CN.UTF-8": "没有新内容"}, []string{"models", "run"}},
	} {
		for _, locale := range []string{"zh_CN.UTF-8", "C", "zh_CN.UTF-8"} {
			t.Setenv("LC_ALL", locale)
			_, out, errs := program(t, append(c.args, "--zone", zone)...)
			if want := c.says[locale]; !strings.Contains(out+errs, want) {
				t.Errorf("%s, asked in %s: no %q in\n%s%s", strings.Join(c.args, " "), locale, want, out, errs)
			}
		}
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = server.Wait() // what it says counts
	if said := log.String(); !strings.Contains(said, "Stopped.") || strings.Contains(said, "已停止") {
		t.Errorf("serve speaks another language than it was started in:\n%s", said)
	}
}

func TestRunBesideServe(t *testing.T) {
	tooltest.Thorough(t)
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
		{0, "Decided and published: withdraw 000001-1", []string{"returns", "withdraw", "000001-1", "--reason", "x y", "--by", "王主任"}},
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
	var s service.Said
	if err := handOver(t.Context(), held, service.CommandPath, service.Handed{Zone: zone, Line: []string{"demo", "x"}}, &s); err != nil || s.Code != exitUsage {
		t.Errorf("a command that isn't taken over: %+v, %v", s, err)
	}
	if err := handOver(t.Context(), held, service.CommandPath, service.Handed{Zone: t.TempDir(), Line: []string{"rebuild"}}, &s); err != nil || s.Code != exitUsage {
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
	tooltest.Thorough(t)
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

// TestDroppedIsTakenIn: what is dropped beside a serve is taken in within seconds, also into a folder that is new.
func TestDroppedIsTakenIn(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	zone := crashZone(t)
	for _, dir := range []string{"产业局", "建设局", "双马街道", "无名"} {
		if err := os.RemoveAll(filepath.Join(zone, "inbox", dir)); err != nil {
			t.Fatal(err)
		}
	}
	_, log, held := serving(t, zone)
	for _, unit := range []string{"产业局", "双马街道"} {
		path := filepath.Join(zone, "inbox", unit, "问题台账.csv")
		writeLongAgo(t, path, problemCSV(unit, 32, 5, 1))
		begin := time.Now()
		waitFor(t, "the file is taken in: "+log.String(), func() bool { return !exists(path) })
		if took := time.Since(begin); took > 20*time.Second { // seconds where the machine has time; a minute were the schedule
			t.Errorf("%s: taken in after %v", unit, took)
		}
	}
	for path, want := range map[string]string{"/healthz": "ok", "/metrics": "taizhang_inbox_files 0"} {
		resp, err := http.Get("http://" + held.Address + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(text), want) {
			t.Errorf("%s: %s\n%s", path, resp.Status, text)
		}
	}
	code, out, errs := program(t, "jobs", "--zone", zone)
	if code != exitDone || !strings.Contains(out, "intake") || !strings.Contains(out, "收到1份") {
		t.Errorf("jobs: exit code %d\n%s\n%s", code, out, errs)
	}
	if code, _, errs = program(t, "jobs", "run", "remind", "--zone", zone); code != exitDone || !strings.Contains(errs, "提醒") {
		t.Errorf("jobs run: exit code %d\n%s", code, errs)
	}
	if code, _, errs = program(t, "jobs", "run", "remnd", "--zone", zone); code != exitUsage {
		t.Errorf("a job that isn't one: exit code %d\n%s", code, errs)
	}
	if code, out, errs = program(t, "jobs", "list", "remind", "--zone", zone, "-f", "json"); code != exitDone || !strings.Contains(out, `"result": "done"`) {
		t.Errorf("jobs list: exit code %d\n%s\n%s", code, out, errs)
	}
	if code, _, errs = program(t, "status", "--zone", zone); code != exitDone || !strings.Contains(errs, "serving since") || !strings.Contains(errs, "intake: last done") {
		t.Errorf("status: exit code %d\n%s", code, errs)
	}
	if code, out, errs = program(t, "logs", "--zone", zone); code != exitDone || !strings.Contains(out, "returns=1") {
		t.Errorf("logs: exit code %d\n%s\n%s", code, out, errs)
	}
}

// TestServeOnce: serve --once does what is due and ends.
func TestServeOnce(t *testing.T) {
	zone := crashZone(t)
	code, _, log := program(t, "serve", "--once", "--zone", zone)
	if code != exitDone || !strings.Contains(log, "16 returns: ") || !exists(filepath.Join(zone, "published", "taizhang.duckdb")) || holderOf(t, zone) != nil {
		t.Errorf("exit code %d\n%s", code, log)
	}
	if n := len(files(t, filepath.Join(zone, "summaries"))); n < 3 {
		t.Errorf("%d files in summaries/\n%s", n, log)
	}
	if code, _, log = program(t, "serve", "--once", "--zone", zone); code != exitDone || strings.Contains(log, "周报：") {
		t.Errorf("again: exit code %d\n%s", code, log)
	}
}

// TestEmptyZoneServes: with nothing handed in there is no summary, and no error.
func TestEmptyZoneServes(t *testing.T) {
	dir := t.TempDir()
	if code, _, out := program(t, "init", dir, "--name", "样板园区"); code != 0 {
		t.Fatal(out)
	}
	code, _, log := program(t, "serve", "--once", "--zone", dir)
	if code != exitDone || strings.Contains(log, "level=ERROR") {
		t.Errorf("exit code %d\n%s", code, log)
	}
	if n := len(files(t, filepath.Join(dir, "summaries"))); n != 0 {
		t.Errorf("%d files in summaries/", n)
	}
}
