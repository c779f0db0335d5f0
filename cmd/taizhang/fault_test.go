//go:build unix

package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"taizhang/internal/durable"
	"taizhang/internal/durable/durabletest"
)

// room is the folder of a zone that a step is in, or the zone's own file.
func room(zone string, s durable.Step) string {
	rel, err := filepath.Rel(zone, s.Path)
	if err != nil {
		return s.Path
	}
	top, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	return top
}

// TestReceiptsBeforeTheInbox: a file leaves the inbox only once its receipt and the receipt's name are on the disk, and
// its original and arrival long before.
func TestReceiptsBeforeTheInbox(t *testing.T) {
	zone := crashZone(t)
	code, log := 0, ""
	steps := durabletest.Steps(func() { code, _, log = program(t, "run", "--zone", zone, "--received-at", crashReceived) })
	if code != 3 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	first := slices.IndexFunc(steps, func(s durable.Step) bool { return s.Op == durable.Delete && room(zone, s) == "inbox" })
	if first < 0 {
		t.Fatalf("nothing leaves the inbox: %v", steps)
	}
	settled := map[string]bool{} // folders whose newest names are on the disk
	for _, s := range steps[:first] {
		switch s.Op {
		case durable.Rename:
			settled[filepath.Dir(s.Path)] = false
		case durable.SyncDir:
			settled[s.Path] = true
		}
	}
	outboxes := 0
	for dir, ok := range settled {
		if strings.HasPrefix(dir, filepath.Join(zone, "outbox")) {
			outboxes++
		}
		if !ok && !strings.HasPrefix(dir, filepath.Join(zone, "published")) {
			t.Errorf("the names in %s are not on the disk when the first file leaves the inbox", dir)
		}
	}
	if outboxes < 4 {
		t.Errorf("%d outboxes have receipts", outboxes)
	}
	for _, s := range steps[first:] {
		if s.Op == durable.Rename && room(zone, s) == "outbox" {
			t.Errorf("a receipt comes after its file left: %s", s)
		}
	}
	// Each folder is synced once for all its receipts; after that older ones make room.
	unit := filepath.Join(zone, "outbox", "产业局")
	n := 0
	for _, s := range steps {
		if strings.HasPrefix(s.Path, filepath.Join(unit, "历史回执")) {
			break
		}
		if s == (durable.Step{Op: durable.SyncDir, Path: unit}) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%s is synced %d times", unit, n)
	}
}

// TestEveryStep ends a run at a step of some kind in some room of the zone, as a full disk or a pulled plug would: the
// next run finds everything whole and finishes it. Some kinds are taken at random; TAIZHANG_TEST_STEPS=all takes the first
// and the last step of every kind (minutes).
func TestEveryStep(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	calm := crashZone(t)
	steps := durabletest.Steps(func() {
		if code, _, log := program(t, "run", "--zone", calm, "--received-at", crashReceived); code != 3 {
			t.Fatalf("exit code %d\n%s", code, log)
		}
	})
	want := state(t, calm)
	type kind struct {
		op   durable.Op
		room string
	}
	first, last := map[kind]int{}, map[kind]int{}
	for n, s := range steps {
		k := kind{s.Op, room(calm, s)}
		if _, seen := first[k]; !seen {
			first[k] = n
		}
		last[k] = n
	}
	var at []int
	for k, n := range first {
		at = append(at, n)
		if k.room == "archive" || k.room == "outbox" || k.room == "inbox" {
			at = append(at, last[k])
		}
	}
	slices.Sort(at)
	at = slices.Compact(at)
	if os.Getenv("TAIZHANG_TEST_STEPS") != "all" {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(at), func(i, j int) { at[i], at[j] = at[j], at[i] })
		at = at[:4]
	}
	for _, n := range at {
		zone := crashZone(t)
		code, log := 0, ""
		s := durabletest.FailFrom(n, syscall.ENOSPC, func() { code, _, log = program(t, "run", "--zone", zone, "--received-at", crashReceived) })
		if s == nil {
			t.Fatalf("step %d is not reached", n)
		}
		if code != 1 || !strings.Contains(log, "no space left on device") {
			t.Errorf("step %d, %s: exit code %d\n%s", n, s, code, log)
		}
		finish(t, zone, want, s.String())
	}
	// A share that can't sync its folders stops nothing.
	zone := crashZone(t)
	restore := durable.SetHook(func(s durable.Step) error {
		if s.Op == durable.SyncDir {
			return syscall.EINVAL
		}
		return nil
	})
	code, _, log := program(t, "run", "--zone", zone, "--received-at", crashReceived)
	restore()
	if code != 3 {
		t.Errorf("without syncs of folders: exit code %d\n%s", code, log)
	}
	if got := state(t, zone); got != want {
		t.Errorf("without syncs of folders:\n%s", difference(want, got))
	}
}
