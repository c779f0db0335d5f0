//go:build unix

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"taizhang/internal/durable"
	"taizhang/internal/tooltest"
)

// TestKilled kills runs at chosen and at random moments; the next run finishes the work, once and as if nothing had been.
func TestKilled(t *testing.T) {
	t.Parallel()
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	calm := crashZone(t)
	begin := time.Now()
	if code, _, log := program(t, "run", "--zone", calm, "--received-at", crashReceived); code != 3 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	whole := time.Since(begin)
	want := state(t, calm)
	if n := strings.Count(want, "回执_"); n != 16 {
		t.Fatalf("%d receipts for 16 files\n%s", n, want)
	}
	size := func(path string) int64 {
		info, err := os.Stat(path)
		if err != nil {
			return -1
		}
		return info.Size()
	}
	count := func(dir string) int {
		n := 0
		_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
			if err == nil && info.Mode().IsRegular() && !strings.HasPrefix(info.Name(), ".") {
				n++
			}
			return nil
		})
		return n
	}
	for name, reached := range map[string]func(zone string) bool{
		"after the first original":        func(z string) bool { return count(filepath.Join(z, "archive")) >= 4 },
		"after the arrivals are noted":    func(z string) bool { return size(filepath.Join(z, "archive/journal.jsonl")) > 1500 },
		"while the returns are stored":    func(z string) bool { return size(filepath.Join(z, "warehouse.duckdb.wal")) > 20000 },
		"after the first receipt":         func(z string) bool { return count(filepath.Join(z, "outbox")) >= 1 },
		"between receipts":                func(z string) bool { return count(filepath.Join(z, "outbox")) >= 9 },
		"after the last receipt":          func(z string) bool { return count(filepath.Join(z, "outbox")) >= 16 },
		"when the inbox is half empty":    func(z string) bool { return count(filepath.Join(z, "inbox")) <= 8 },
		"when the inbox is empty":         func(z string) bool { return count(filepath.Join(z, "inbox")) == 0 },
		"while the copy is written":       func(z string) bool { return unplaced(filepath.Join(z, "published")) },
		"once the copy is published":      func(z string) bool { return size(filepath.Join(z, "published/taizhang.duckdb")) >= 0 },
		"before the publication is noted": func(z string) bool { return count(filepath.Join(z, "published/汇总台账")) >= 1 },
	} {
		t.Run(name, func(t *testing.T) {
			zone := crashZone(t)
			c, _ := start(t, "run", "--zone", zone, "--received-at", crashReceived)
			limit := time.Now().Add(time.Minute)
			for !reached(zone) && time.Now().Before(limit) && syscall.Kill(c.Process.Pid, 0) == nil {
				time.Sleep(200 * time.Microsecond)
			}
			if !time.Now().Before(limit) {
				t.Fatal("never reached")
			}
			_ = c.Process.Kill()
			_ = c.Wait()
			finish(t, zone, want, name)
		})
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range 6 {
		after := time.Duration(r.Int64N(int64(whole)))
		what := fmt.Sprintf("seed %d, kill %d after %v", seed, i, after)
		zone := crashZone(t)
		for range 1 + r.IntN(2) { // the run that finishes may be killed as well
			c, _ := start(t, "run", "--zone", zone, "--received-at", crashReceived)
			time.Sleep(after)
			_ = c.Process.Kill()
			_ = c.Wait()
			after = time.Duration(r.Int64N(int64(whole)))
		}
		finish(t, zone, want, what)
	}
}

// unplaced says whether a folder holds a file that has no name of its own yet.
func unplaced(dir string) bool {
	entries, _ := os.ReadDir(dir)
	return slices.ContainsFunc(entries, func(e os.DirEntry) bool { return durable.IsLeftover(e.Name()) })
}

// TestTornJournal: a last line cut short by a power failure is no event; the file is still in the inbox.
func TestTornJournal(t *testing.T) {
	t.Parallel()
	zone := crashZone(t)
	if code, _, log := program(t, "run", "--zone", zone, "--received-at", crashReceived); code != 3 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	want := state(t, zone)
	f, err := os.OpenFile(filepath.Join(zone, "archive/journal.jsonl"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"event":"arrive","seq":17,"at":"2022-08-1`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	finish(t, zone, want, "a torn line")
	// A line in the middle that is no event is damage, and refused.
	journal := filepath.Join(zone, "archive/journal.jsonl")
	text, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(journal, append([]byte("{\"event\":\n"), text...), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, log := program(t, "run", "--zone", zone); code != 1 || !strings.Contains(log, "line 1") {
		t.Errorf("a damaged journal: exit code %d\n%s", code, log)
	}
}

// TestLostCommits: a warehouse that lost its last commits, or is gone, is made anew from the archive.
func TestLostCommits(t *testing.T) {
	t.Parallel()
	zone := crashZone(t)
	held := filepath.Join(t.TempDir(), "held.csv")
	late := filepath.Join(zone, "inbox/建设局/建设局问题台账第32周.csv")
	if err := os.Rename(late, held); err != nil {
		t.Fatal(err)
	}
	if code, _, log := program(t, "run", "--zone", zone, "--received-at", crashReceived); code != 3 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	old, err := os.ReadFile(filepath.Join(zone, "warehouse.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(held, late); err != nil {
		t.Fatal(err)
	}
	if code, _, log := program(t, "run", "--zone", zone, "--received-at", "2022-08-15 10:00"); code != 0 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	want := state(t, zone)
	for name, damage := range map[string]func(path string) error{
		"lost its last commits": func(p string) error { return os.WriteFile(p, old, 0o644) },
		"gone":                  os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			zone := copyZone(t, zone)
			if err := damage(filepath.Join(zone, "warehouse.duckdb")); err != nil {
				t.Fatal(err)
			}
			code, _, log := program(t, "models", "run", "--full", "--zone", zone)
			if code != 0 || !strings.Contains(log, "making it anew from the archive") {
				t.Errorf("exit code %d\n%s", code, log)
			}
			if got := state(t, zone); got != want {
				t.Errorf("the zone differs:\n%s", difference(want, got))
			}
		})
	}
}

// TestNoRoom: where receipts, archive or publication can't be written the run fails, and the next one finishes.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	calm := crashZone(t)
	if code, _, log := program(t, "run", "--zone", calm, "--received-at", crashReceived); code != 3 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	want := state(t, calm)
	for _, blocked := range []string{"outbox/产业局", "published/taizhang.duckdb", "archive/tmp"} {
		t.Run(blocked, func(t *testing.T) {
			zone := crashZone(t)
			path := filepath.Join(zone, filepath.FromSlash(blocked))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			// A file where a folder is needed, or a folder where a file is: fails for root as well.
			file := !strings.Contains(blocked, ".duckdb")
			if file {
				if err := os.WriteFile(path, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			} else if err := os.MkdirAll(filepath.Join(path, "x"), 0o755); err != nil {
				t.Fatal(err)
			}
			code, _, log := program(t, "run", "--zone", zone, "--received-at", crashReceived)
			deferred := strings.Contains(log, "A reader keeps the published file locked")
			if code != 1 && !deferred || code == 1 && !strings.Contains(log, "error: ") {
				t.Errorf("exit code %d\n%s", code, log)
			}
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			finish(t, zone, want, blocked)
		})
	}
}

// TestDiskFull limits the size of files a run may write: it ends with an error, and the next run finishes.
func TestDiskFull(t *testing.T) {
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	calm := crashZone(t)
	if code, _, log := program(t, "run", "--zone", calm, "--received-at", crashReceived); code != 3 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	want := state(t, calm)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, kib := range []int{1, 8, 300, 900, 3000} {
		zone := crashZone(t)
		c := exec.Command("sh", "-c", fmt.Sprintf(`trap '' XFSZ; ulimit -f %d; exec "$0" "$@"`, kib*2), exe, "run", "--zone", zone, "--received-at", crashReceived)
		c.Env = append(os.Environ(), "TAIZHANG_AS_PROGRAM=1")
		out, err := c.CombinedOutput()
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() != 1 && exit.ExitCode() != 3 {
			t.Errorf("%d KiB: %v\n%.2000s", kib, err, out)
		}
		if err == nil || errors.As(err, &exit) && exit.ExitCode() == 1 && !strings.Contains(string(out), "error: ") {
			t.Errorf("%d KiB: %v\n%.2000s", kib, err, out)
		}
		finish(t, zone, want, fmt.Sprintf("files limited to %d KiB", kib))
	}
}
