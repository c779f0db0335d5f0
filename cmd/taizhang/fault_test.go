//go:build unix

package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"taizhang/internal/durable"
	"taizhang/internal/durable/durabletest"
	"taizhang/internal/tooltest"
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

// works are what writes to a zone: each begins in a zone of its own, and is begun again after it was disturbed.
var works = map[string]struct {
	zone  func(t *testing.T) string
	args  []string
	code  int  // of the undisturbed
	again bool // the whole command is given again; else a run finishes what was begun
}{
	"run":      {crashZone, []string{"run", "--received-at", crashReceived}, 3, true},
	"rebuild":  {sharedCalm, []string{"rebuild"}, 0, true},
	"decision": {sharedCalm, []string{"returns", "waive", "建设局", "problem", "2022-W30", "--reason", "停电"}, 0, false},
}

// disturbances are how a step goes wrong, each with what is to be said.
var disturbances = map[string]func(t *testing.T, n int, args []string) (code int, log string, at *durable.Step){
	"the disk is full from there on": func(t *testing.T, n int, args []string) (code int, log string, at *durable.Step) {
		at = durabletest.FailFrom(n, syscall.ENOSPC, func() { code, _, log = program(t, args...) })
		if at == nil { // it took fewer steps this time
			return code, log, nil
		}
		// All but the note of the run is done by then: the outcome is told as it is, and that it can't be noted.
		done := filepath.Base(at.Path) == "state.sqlite" && code == works[args[0]].code
		if code != 1 && !done || !strings.Contains(log, "no space left on device") {
			t.Errorf("step %d, %v: exit code %d\n%s", n, at, code, log)
		}
		return code, log, at
	},
	"it fails once": func(t *testing.T, n int, args []string) (code int, log string, at *durable.Step) {
		at = durabletest.FailAt(n, syscall.EIO, func() { code, _, log = program(t, args...) })
		if code == 1 && !strings.Contains(log, "input/output error") {
			t.Errorf("step %d, %v: exit code %d\n%s", n, at, code, log)
		}
		return code, log, at
	},
	"half of it is written": func(t *testing.T, n int, args []string) (code int, log string, at *durable.Step) {
		at = durabletest.FailFrom(n, &durable.Torn{After: 100, Err: syscall.ENOSPC}, func() { code, _, log = program(t, args...) })
		return code, log, at
	},
	"the program is killed there": func(t *testing.T, n int, args []string) (int, string, *durable.Step) {
		t.Setenv("TAIZHANG_TEST_KILL_AT", strconv.Itoa(n))
		c, log := start(t, args...)
		_ = c.Wait() // it was killed
		if c.ProcessState.Exited() {
			return c.ProcessState.ExitCode(), log.String(), nil
		}
		return -1, log.String(), &durable.Step{Op: "kill", Path: strconv.Itoa(n)}
	},
}

// TestEveryStep disturbs each step that writes, to the file system or the database, of a run, a rebuild and a decision,
// in each way: what comes next finds everything whole and finishes it, as if nothing had been. Some steps are taken at
// random; with TAIZHANG_TEST_STEPS=all each of them, in random order, until TAIZHANG_SOAK is over (make soak).
func TestEveryStep(t *testing.T) {
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	type trial struct {
		work, how string
		n         int
		step      durable.Step
	}
	var trials []trial
	want := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(works)) {
		work := works[name]
		zone := work.zone(t)
		steps := durabletest.Steps(func() {
			if code, _, log := program(t, append(slices.Clone(work.args), "--zone", zone)...); code != work.code {
				t.Fatalf("%s: exit code %d\n%s", name, code, log)
			}
		})
		if len(steps) < 20 {
			t.Fatalf("%s: only %d steps", name, len(steps))
		}
		want[name] = settled(t, zone, name)
		hows := slices.Sorted(maps.Keys(disturbances))
		if !everything() && name != "run" { // one of them will do
			hows = hows[r.IntN(len(hows)):][:1]
		}
		for _, how := range hows {
			for _, n := range sampled(r, zone, steps, how) {
				trials = append(trials, trial{name, how, n, steps[n]})
			}
		}
	}
	r.Shuffle(len(trials), func(i, j int) { trials[i], trials[j] = trials[j], trials[i] })
	begin, taken := time.Now(), 0
	for _, x := range trials {
		if limit := soaking(t); limit > 0 && time.Since(begin) > limit {
			break
		}
		taken++
		work := works[x.work]
		zone := work.zone(t)
		args := append(slices.Clone(work.args), "--zone", zone)
		_, _, s := disturbances[x.how](t, x.n, args)
		if s == nil {
			continue // fewer steps than when they were counted: nothing was disturbed
		}
		what := fmt.Sprintf("seed %d, %s: step %d (%s), %s", seed, x.work, x.n, x.step, x.how)
		if x.work == "run" {
			finish(t, zone, want[x.work], what)
		} else {
			resume(t, zone, args, work.again, what)
		}
		if got := settled(t, zone, x.work); got != want[x.work] {
			t.Errorf("%s: the zone differs from an undisturbed one:\n%s", what, difference(want[x.work], got))
		}
		if code, out, log := program(t, "doctor", "--zone", zone); code != 0 {
			t.Errorf("%s: doctor: %d %s%s", what, code, out, log)
		}
		if err := os.RemoveAll(zone); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of %d disturbances", taken, len(trials))
	withoutFolderSyncs(t)
}

// settled is the state of a zone; a receipt of a decision holds the time.
func settled(t *testing.T, zone, work string) string {
	t.Helper()
	s := state(t, zone)
	if work == "decision" {
		s = regexp.MustCompile(`(?m)^(outbox\S+) [0-9a-f]{64}$`).ReplaceAllString(s, "$1")
	}
	return s
}

// resume gives a command again that was disturbed, or lets a run finish what it had noted.
func resume(t *testing.T, zone string, args []string, again bool, what string) {
	t.Helper()
	if !again {
		journal := must(os.ReadFile(filepath.Join(zone, "archive/journal.jsonl")))
		if strings.Contains(string(journal), `"kind":"waive"`) {
			args = []string{"run", "--zone", zone}
		}
	}
	if code, _, log := program(t, args...); code != 0 {
		t.Fatalf("%s: then %v: exit code %d\n%s", what, args, code, log)
	}
	if code, _, log := program(t, "run", "--zone", zone); code != 0 {
		t.Fatalf("%s: the run after that: exit code %d\n%s", what, code, log)
	}
}

// sampled are the steps to disturb: all, or a few of different kinds.
func sampled(r *rand.Rand, zone string, steps []durable.Step, how string) []int {
	var at []int
	if everything() {
		for n, s := range steps {
			if how != "half of it is written" || s.Op == durable.Append {
				at = append(at, n)
			}
		}
		return at
	}
	type kind struct {
		op   durable.Op
		room string
	}
	of := map[kind][]int{}
	var kinds []kind
	for n, s := range steps {
		k := kind{s.Op, room(zone, s)}
		if how == "half of it is written" && s.Op != durable.Append {
			continue
		}
		if of[k] == nil {
			kinds = append(kinds, k)
		}
		of[k] = append(of[k], n)
	}
	r.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	for _, k := range kinds[:min(1, len(kinds))] {
		at = append(at, of[k][r.IntN(len(of[k]))])
	}
	return at
}

// withoutFolderSyncs: a share that can't sync its folders stops nothing.
func withoutFolderSyncs(t *testing.T) {
	t.Helper()
	want := state(t, sharedCalm(t))
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

// TestReceiptsGivenLate: a receipt that a fault of the outbox holds back is given by the next run, and stands where it
// would have stood: that of a decision, and that of a return which a later one has taken the place of meanwhile.
func TestReceiptsGivenLate(t *testing.T) {
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, c := range []struct {
		work string
		of   func(s durable.Step) bool
		most int
	}{
		{"decision", func(s durable.Step) bool { return strings.Contains(s.Path, "/outbox/") }, 1},
		{"run", func(s durable.Step) bool {
			return s.Op == durable.SyncDir && strings.HasSuffix(s.Path, "/outbox/产业局")
		}, 3},
	} {
		work := works[c.work]
		zone := work.zone(t)
		args := func(zone string) []string { return append(slices.Clone(work.args), "--zone", zone) }
		steps := durabletest.Steps(func() { program(t, args(zone)...) })
		want, found := settled(t, zone, c.work), 0
		for n, s := range steps {
			if !c.of(s) || found == c.most {
				continue
			}
			found++
			zone := work.zone(t)
			var code int
			var log string
			durabletest.FailAt(n, syscall.EIO, func() { code, _, log = program(t, args(zone)...) })
			if code == work.code && !strings.Contains(log, "input/output error") {
				continue // whatever failed was tried again at once
			}
			if code != 1 {
				t.Errorf("%s, %v: exit code %d\n%s", c.work, s, code, log)
			}
			if c.work == "run" {
				program(t, args(zone)...)
			} else {
				program(t, "run", "--zone", zone)
			}
			if got := settled(t, zone, c.work); got != want {
				t.Errorf("%s, %v: the zone differs from an undisturbed one:\n%s", c.work, s, difference(want, got))
			}
			if code, _, log := program(t, "run", "--zone", zone); code != 0 || !strings.Contains(log, "Nothing new") {
				t.Errorf("%s, %v: the run after that: exit code %d\n%s", c.work, s, code, log)
			}
		}
		if found == 0 {
			t.Errorf("%s: no step into an outbox", c.work)
		}
	}
}

// TestInboxReadOnly: a share whose files can't be taken away is read all the same, once: everything counts and is answered,
// each run says what stays and why, none takes it in again or gives up reading it. Once they can be taken away all is as ever.
func TestInboxReadOnly(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	zone := crashZone(t)
	restore := durable.SetHook(func(s durable.Step) error {
		if s.Op == durable.Delete && strings.Contains(s.Path, "/inbox/") {
			return syscall.EROFS
		}
		return nil
	})
	defer restore()
	returns := func() string {
		_, out, _ := program(t, "returns", "list", "--zone", zone, "-f", "csv")
		return out
	}
	var first string
	for n := range 6 { // more than a file that ends the program is read again
		code, _, log := program(t, "run", "--zone", zone, "--received-at", crashReceived)
		if code != 1 || !strings.Contains(log, "read-only file system") {
			t.Errorf("run %d: exit code %d\n%s", n+1, code, log)
		}
		switch {
		case n == 0:
			first = returns()
		case !strings.Contains(log, "it is taken in and answered, but the file can't be taken out of the inbox"):
			t.Errorf("run %d doesn't say why the files are still there:\n%s", n+1, log)
		}
		if got := returns(); got != first {
			t.Errorf("run %d: the returns are others than after the first:\n%s", n+1, difference(first, got))
		}
	}
	if _, _, log := program(t, "status", "--zone", zone); !strings.Contains(log, "not finished") {
		t.Errorf("status doesn't name what isn't finished:\n%s", log)
	}
	restore()
	program(t, "run", "--zone", zone, "--received-at", crashReceived)
	if got, want := state(t, zone), state(t, sharedCalm(t)); got != want {
		t.Errorf("differs from a zone whose inbox could be emptied:\n%s", difference(want, got))
	}
}

// TestRemovedAtSecondTry: a file that leaves the inbox at the second try has left it; nothing waits and nothing is said.
func TestRemovedAtSecondTry(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	zone, failed := crashZone(t), false
	restore := durable.SetHook(func(s durable.Step) error {
		if s.Op == durable.Delete && strings.Contains(s.Path, "/inbox/") && !failed {
			failed = true
			return syscall.EIO
		}
		return nil
	})
	code, _, log := program(t, "run", "--zone", zone, "--received-at", crashReceived)
	restore()
	if !failed || code != 3 || strings.Contains(log, "take it out of the inbox") {
		t.Errorf("exit code %d, %t\n%s", code, failed, log)
	}
	if got, want := state(t, zone), state(t, sharedCalm(t)); got != want {
		t.Errorf("differs from an undisturbed zone:\n%s", difference(want, got))
	}
}
