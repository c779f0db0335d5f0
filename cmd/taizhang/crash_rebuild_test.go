//go:build unix

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/internal/tooltest"
)

// killWhen starts the program and kills it once a moment is reached; one that it passes too fast is no fault.
func killWhen(t *testing.T, reached func() bool, args ...string) {
	t.Helper()
	c, log := start(t, args...)
	ended := make(chan struct{})
	go func() {
		_ = c.Wait()
		close(ended)
	}()
	for limit := time.Now().Add(time.Minute); !reached(); time.Sleep(200 * time.Microsecond) {
		select {
		case <-ended:
			t.Logf("%v ended before it was killed", args)
			return
		default:
		}
		if time.Now().After(limit) {
			_ = c.Process.Kill()
			<-ended
			t.Fatalf("never reached\n%s", log)
		}
	}
	_ = c.Process.Kill()
	<-ended
}

// moments of a rebuild, and of an erasure, which makes the warehouse anew as well.
func moments(zone string) map[string]func() bool {
	at := func(name string) string { return filepath.Join(zone, filepath.FromSlash(name)) }
	size := func(name string) int64 {
		info, err := os.Stat(at(name))
		if err != nil {
			return -1
		}
		return info.Size()
	}
	old := must(os.Stat(at("warehouse.duckdb")))
	var ledgers time.Time
	if i, err := os.Stat(at("published/汇总台账")); err == nil {
		ledgers = i.ModTime()
	}
	journal, warehouse, published := size("archive/journal.jsonl"), must(os.ReadFile(at("warehouse.duckdb"))), must(os.Stat(at("published/taizhang.duckdb")))
	var made os.FileInfo // the new warehouse, which what is built is written into next, without a log before
	committed := func() bool {
		now, err := os.Stat(at("warehouse.duckdb"))
		if err != nil || os.SameFile(now, old) {
			return false
		}
		if made == nil {
			made = now
		}
		return !now.ModTime().Equal(made.ModTime())
	}
	return map[string]func() bool{
		"once the journal has it":        func() bool { return size("archive/journal.jsonl") > journal },
		"while the warehouse is made":    func() bool { return size("warehouse.duckdb.rebuild") >= 0 },
		"while returns are stored":       func() bool { return size("warehouse.duckdb.rebuild.wal") > 5000 },
		"once the warehouse is replaced": func() bool { return size("warehouse.duckdb") != int64(len(warehouse)) && size("warehouse.duckdb") > 0 },
		"while models are committed":     committed,
		"while the copy is written":      func() bool { return unplaced(at("published")) },
		"once the copy is published": func() bool {
			i, err := os.Stat(at("published/taizhang.duckdb"))
			return err == nil && !os.SameFile(i, published)
		},
		"before the publication is noted": func() bool {
			i, err := os.Stat(at("published/汇总台账"))
			return err == nil && !i.ModTime().Equal(ledgers)
		},
	}
}

// TestRebuildKilled kills rebuilds at chosen and random moments: the next command finds a whole warehouse or makes one,
// and everything is as if nothing had been.
func TestRebuildKilled(t *testing.T) {
	t.Parallel()
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	calm := crashZone(t)
	if code, _, log := program(t, "run", "--zone", calm, "--received-at", crashReceived); code != 3 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	want := state(t, calm)
	check := func(zone, what string) {
		t.Helper()
		for range 2 { // whatever comes next: a run, or a rebuild
			if code, _, log := program(t, "run", "--zone", zone, "--received-at", crashReceived); code != 0 {
				t.Fatalf("%s: the next run: %d %s", what, code, log)
			}
			if got := state(t, zone); got != want {
				t.Errorf("%s: the zone differs:\n%s", what, difference(want, got))
			}
			if left := append(must(filepath.Glob(filepath.Join(zone, "warehouse.duckdb.rebuild*"))), must(filepath.Glob(filepath.Join(zone, "archive/tmp/*")))...); len(left) > 0 {
				t.Errorf("%s: a run leaves %v", what, left)
			}
			if code, _, log := program(t, "rebuild", "--zone", zone); code != 0 || !strings.Contains(log, "the figures are the same") {
				t.Errorf("%s: the next rebuild: %d %s", what, code, log)
			}
		}
		if left := must(filepath.Glob(filepath.Join(zone, "warehouse.duckdb.rebuild*"))); len(left) > 0 {
			t.Errorf("%s: %v is left", what, left)
		}
	}
	for name := range moments(calm) {
		if name == "once the journal has it" { // a rebuild writes nothing there
			continue
		}
		t.Run(name, func(t *testing.T) {
			zone := copyZone(t, calm)
			killWhen(t, moments(zone)[name], "rebuild", "--zone", zone)
			check(zone, name)
		})
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range 3 {
		zone := copyZone(t, calm)
		after := time.Duration(r.Int64N(int64(2 * time.Second)))
		begin := time.Now()
		killWhen(t, func() bool { return time.Since(begin) > after }, "rebuild", "--zone", zone)
		check(zone, fmt.Sprintf("seed %d, kill %d after %v", seed, i, after))
	}
}

// TestEraseKilled kills erasures: before the journal has it nothing has changed, afterwards the next run finishes it,
// receipts and kept publications included.
func TestEraseKilled(t *testing.T) {
	t.Parallel()
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	calm := eraseZone(t)
	hash := mustJSON(t, "sql", "select any_value(id_number_hash) as h from raw.beneficiary where household_no = 'H-003'", "--zone", calm)[0]["h"].(string)
	mask := identity(3)[:4] + "**********" + identity(3)[14:]
	args := func(zone string) []string {
		return []string{"erase", "--zone", zone, "--person", identity(3), "--reason", "本人申请", "--yes", "-q"}
	}
	all := persons(t, calm)
	done := copyZone(t, calm)
	if code, _, log := program(t, args(done)...); code != 0 {
		t.Fatalf("erase: %d %s", code, log)
	}
	want := func(zone string) string {
		_, list, _ := program(t, "returns", "list", "--zone", zone, "-f", "csv")
		_, rows, _ := program(t, "sql", "select * from raw.beneficiary order by all", "--zone", zone, "-f", "csv")
		var receipts []string
		for _, f := range files(t, filepath.Join(zone, "outbox")) {
			receipts = append(receipts, filepath.Base(f))
		}
		return list + rows + strings.Join(receipts, "\n") + persons(t, zone)
	}
	erased := want(done)
	for name := range moments(calm) {
		t.Run(name, func(t *testing.T) {
			zone := copyZone(t, calm)
			journal := must(os.ReadFile(filepath.Join(zone, "archive/journal.jsonl")))
			killWhen(t, moments(zone)[name], args(zone)...)
			if now := must(os.ReadFile(filepath.Join(zone, "archive/journal.jsonl"))); len(now) == len(journal) {
				if got := persons(t, zone); got != all {
					t.Errorf("half erased: %s", got)
				}
				return
			}
			if code, _, log := program(t, "run", "--zone", zone); code != 0 {
				t.Fatalf("the next run: %d %s", code, log)
			}
			if got := want(zone); got != erased {
				t.Errorf("the zone differs from one that was erased undisturbed:\n%s", difference(erased, got))
			}
			noTrace(t, zone, name, []string{hash}, mask)
			if code, _, log := program(t, "rebuild", "--zone", zone); code != 0 || !strings.Contains(log, "the figures are the same") {
				t.Errorf("rebuild: %d %s", code, log)
			}
		})
	}
}
