//go:build unix

package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
)

// TestDamagedWarehouse zeroes a block of the warehouse before a run: where it matters the run makes the warehouse anew
// from archive and journal and says so; what comes out is what an undisturbed run publishes.
func TestDamagedWarehouse(t *testing.T) {
	t.Parallel()
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	base := calmZone(t)
	drop := func(zone string) {
		writeLongAgo(t, filepath.Join(zone, "inbox/建设局/更正第32周.csv"), problemCSV("建设局", 32, 20, 7))
	}
	const received = "2022-08-15 10:00"
	calm := copyZone(t, base)
	drop(calm)
	if code, _, log := program(t, "run", "--zone", calm, "--received-at", received); code != 0 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	want := state(t, calm)
	whole := must(os.ReadFile(filepath.Join(base, warehouse.FileName)))
	const head, size = 3 * 4096, 65536
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	blocks := r.Perm((len(whole) - head) / size)
	most := 4
	if everything() {
		most = len(blocks)
	}
	mended := 0
	for _, block := range blocks[:min(most, len(blocks))] {
		zone := copyZone(t, base)
		bad := append([]byte(nil), whole...)
		clear(bad[head+block*size:][:size])
		if err := os.WriteFile(filepath.Join(zone, warehouse.FileName), bad, 0o644); err != nil {
			t.Fatal(err)
		}
		drop(zone)
		code, _, log := program(t, "run", "--zone", zone, "--received-at", received)
		if code != 0 {
			t.Errorf("block %d: exit code %d\n%s", block, code, log)
			continue
		}
		if strings.Contains(log, "making it anew from the archive") {
			mended++
			if n := strings.Count(log, "\n"); n > 8 {
				t.Errorf("block %d: %d lines are said\n%s", block, n, log)
			}
		}
		if got := state(t, zone); got != want {
			t.Errorf("block %d: the zone differs:\n%s", block, difference(want, got))
		}
	}
	if everything() && mended < len(blocks)/4 {
		t.Errorf("only %d of %d damaged blocks mattered", mended, len(blocks))
	}
	// Where the archive isn't whole the run refuses, and names what to do.
	zone := copyZone(t, base)
	if err := os.WriteFile(filepath.Join(zone, warehouse.FileName), append(whole[:head:head], make([]byte, len(whole)-head)...), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(zone, "archive/journal.jsonl"), 100); err != nil {
		t.Fatal(err)
	}
	drop(zone)
	if code, _, log := program(t, "run", "--zone", zone); code != 1 || !strings.Contains(log, "taizhang restore") {
		t.Errorf("without a whole journal: %d %s", code, log)
	}
}
