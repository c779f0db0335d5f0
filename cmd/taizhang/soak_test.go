//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/ingest/receipt"
	"taizhang/internal/warehouse"
)

// soaking is how long a soak lasts, 0 where none was asked for: TAIZHANG_SOAK=10m.
func soaking(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("TAIZHANG_SOAK")
	if text == "" {
		return 0
	}
	return must(time.ParseDuration(text))
}

// soakUnits are the units of a soak's zone.
var soakUnits = []string{"产业局", "建设局", "双马街道"}

const (
	soakRows  = 20
	soakWeeks = 32
)

// handedIn is what was dropped into the inbox: the week and how many of its rows are closed.
type handedIn struct {
	unit         string
	week, closed int
	file         string
	withdrawn    bool
}

// soak is a zone that everything happens to, with what its figures must be.
type soak struct {
	t        *testing.T
	r        *rand.Rand
	zone     string
	backups  string
	in       []*handedIn
	backedUp bool // nothing has come since the last backup
	took     map[string]int
	what     string // the operation under way
}

// TestSoak does to a zone, at random and for a given time, what happens in an office: returns and corrections are dropped,
// decisions made, runs killed, disks full, clocks wrong, blocks lost, while people read; it is backed up, restored and
// gone on with. After each disturbance one undisturbed run must bring the figures that a model of a few lines has, each
// file answered once, and nothing for a doctor to find. It takes a few steps, or as long as TAIZHANG_SOAK says.
func TestSoak(t *testing.T) {
	limit := soaking(t)
	if limit == 0 {
		t.Skip("takes minutes: make soak (SOAK=10m)")
	}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("TAIZHANG_SOAK_SEED"); text != "" {
		fmt.Sscan(text, &seed)
	}
	t.Logf("seed %d (TAIZHANG_SOAK_SEED)", seed)
	s := &soak{t: t, r: rand.New(rand.NewPCG(seed, 1)), zone: filepath.Join(t.TempDir(), "zone"), backups: filepath.Join(t.TempDir(), "backups"), took: map[string]int{}}
	writeLongAgo(t, filepath.Join(s.zone, "taizhang.yaml"), `zone: 样板园区
as_of: 2022-08-15
submitters:
  - {code: cyj, name: 产业局, kind: department}
  - {code: jsj, name: 建设局, kind: department}
  - {code: smj, name: 双马街道, kind: street}
returns:
  - {form: problem, from: all, due: monday 12:00, since: 2022-W01}
`)
	s.drop()
	s.settle()
	stop := s.readers()
	defer stop()
	operations := []struct {
		name   string
		weight int
		do     func()
	}{
		{"return", 6, s.drop}, {"correction", 4, s.correct}, {"run", 4, s.settle}, {"killed run", 5, s.kill("run")}, {"full disk", 4, s.fault("TAIZHANG_TEST_FAIL_AT")},
		{"kill at a step", 4, s.fault("TAIZHANG_TEST_KILL_AT")}, {"small files only", 1, s.smallFiles}, {"decision", 3, s.decide}, {"clock", 2, s.clock}, {"lost block", 2, s.loseBlock},
		{"backup", 3, s.backup}, {"killed backup", 2, s.kill("backup")}, {"restore", 1, s.restore}, {"killed rebuild", 1, s.kill("rebuild")}, {"summary", 1, s.summary},
	}
	var deck []int
	for i, o := range operations {
		for range o.weight {
			deck = append(deck, i)
		}
	}
	for begin := time.Now(); time.Since(begin) < limit && !t.Failed(); {
		o := operations[deck[s.r.IntN(len(deck))]]
		s.what = fmt.Sprintf("seed %d, after %d operations: %s", seed, total(s.took), o.name)
		o.do()
		s.took[o.name]++
		if s.r.IntN(3) == 0 {
			s.settle()
		}
	}
	s.what = "at the end"
	s.settle()
	if code, _, log := program(t, "rebuild", "--zone", s.zone); code != 0 || !strings.Contains(log, "the figures are the same") {
		t.Errorf("rebuild: %d %s", code, log)
	}
	reads := stop()
	for _, o := range operations {
		t.Logf("%4d × %s", s.took[o.name], o.name)
	}
	t.Logf("%4d returns in all, %d reads beside", len(s.in), reads)
	if reads == 0 {
		t.Error("nobody read")
	}
}

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// newest is what counts of a unit, nil for nothing.
func (s *soak) newest(unit string) (best *handedIn) {
	for _, h := range s.in { // in the order of their arrival
		if h.unit == unit && !h.withdrawn && (best == nil || h.week >= best.week) {
			best = h
		}
	}
	return best
}

func (s *soak) hand(unit string, week int) {
	h := &handedIn{unit: unit, week: week, closed: s.r.IntN(soakRows + 1), file: fmt.Sprintf("%s%06d.csv", unit, len(s.in)+1)}
	s.in = append(s.in, h)
	s.backedUp = false
	text := strings.NewReplacer("2022-07-12", "2022-01-11", "2022-07-01", "2022-01-10", "路灯不亮1,", fmt.Sprintf("路灯不亮（第%d份）,", len(s.in))).Replace(problemCSV(unit, week, soakRows, h.closed))
	writeLongAgo(s.t, filepath.Join(s.zone, "inbox", unit, h.file), text)
}

func (s *soak) drop() {
	for _, unit := range soakUnits {
		week := 2
		for _, h := range s.in {
			if h.unit == unit {
				week = max(week, h.week+1)
			}
		}
		if s.r.IntN(2) == 0 || len(s.in) == 0 {
			s.hand(unit, min(week, soakWeeks))
		}
	}
}

// correct hands in again what counts of a unit, or the first return of one of which nothing does: a file comes in for certain.
func (s *soak) correct() {
	unit, week := soakUnits[s.r.IntN(len(soakUnits))], 2
	if h := s.newest(unit); h != nil {
		week = h.week
	}
	s.hand(unit, week)
}

// settle lets an undisturbed run do what is left, and compares.
func (s *soak) settle() {
	t := s.t
	t.Helper()
	if code, _, log := program(t, "run", "--zone", s.zone); code != 0 {
		t.Fatalf("%s: run: %d %s", s.what, code, log)
	}
	collected, closed := 0, 0
	for _, unit := range soakUnits {
		if h := s.newest(unit); h != nil {
			collected, closed = collected+soakRows, closed+h.closed
		}
	}
	got := figuresOf(t, s.zone)
	for metric, want := range map[string]int{"problems_collected": collected, "problems_closed": closed} {
		if v, _ := num(t, got[metric]["value"]); int(v) != want {
			t.Fatalf("%s: %s is %v, not %d", s.what, metric, v, want)
		}
	}
	list := mustJSON(t, "returns", "list", "--zone", s.zone)
	seen := map[string]int{}
	for _, r := range list {
		seen[r["file"].(string)]++
		if status := r["status"].(string); status != "accepted" && status != "accepted_with_warnings" {
			t.Fatalf("%s: %v", s.what, r)
		}
	}
	receipts := map[int]int{}
	for _, f := range files(t, filepath.Join(s.zone, "outbox")) {
		receipts[receipt.ArrivalOf(filepath.Base(f))]++
	}
	for _, h := range s.in {
		if seen[h.file] != 1 {
			t.Fatalf("%s: %s has %d lines", s.what, h.file, seen[h.file])
		}
	}
	if len(list) != len(s.in) || len(receipts) != len(s.in) {
		t.Fatalf("%s: %d returns and receipts of %d arrivals for %d files", s.what, len(list), len(receipts), len(s.in))
	}
	if left := files(t, filepath.Join(s.zone, "inbox")); len(left) > 0 {
		t.Fatalf("%s: %v is left in the inbox", s.what, left)
	}
	if code, out, log := program(t, "doctor", "--zone", s.zone); code != 0 {
		t.Fatalf("%s: doctor: %d %s%s", s.what, code, out, log)
	}
}

// process runs the program as a process of its own, with an environment.
func (s *soak) process(env string, after time.Duration, args ...string) {
	s.t.Helper()
	exe := must(os.Executable())
	c := exec.Command(exe, args...)
	c.Env = append(os.Environ(), "TAIZHANG_AS_PROGRAM=1", env)
	var log bytes.Buffer
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	if after > 0 {
		timer := time.AfterFunc(after, func() { _ = c.Process.Kill() })
		defer timer.Stop()
	}
	_ = c.Wait() // however it ended
	if code := c.ProcessState.ExitCode(); code > 1 || strings.Contains(log.String(), "panic:") {
		s.t.Errorf("%s: %v: %d %s", s.what, args, code, log.String())
	}
}

func (s *soak) args(command string) []string {
	if command == "backup" {
		return []string{"backup", s.backups, "--keep", "3", "--zone", s.zone}
	}
	return []string{command, "--zone", s.zone}
}

// kill ends a command after a random time.
func (s *soak) kill(command string) func() {
	return func() {
		if command == "rebuild" {
			s.settle()
		}
		s.process("", time.Duration(1+s.r.Int64N(int64(1500*time.Millisecond))), s.args(command)...)
	}
}

// fault disturbs a run at a random step.
func (s *soak) fault(how string) func() {
	return func() { s.process(fmt.Sprintf("%s=%d", how, s.r.IntN(200)), 0, s.args("run")...) }
}

// smallFiles lets a run write no file past a size.
func (s *soak) smallFiles() {
	c := exec.Command("sh", "-c", fmt.Sprintf(`trap '' XFSZ; ulimit -f %d; exec "$0" "$@"`, 2<<s.r.IntN(13)), must(os.Executable()), "run", "--zone", s.zone)
	c.Env = append(os.Environ(), "TAIZHANG_AS_PROGRAM=1")
	if out, _ := c.CombinedOutput(); c.ProcessState.ExitCode() > 1 {
		s.t.Errorf("%s: %s", s.what, out)
	}
}

// decide withdraws what counts of a unit, or takes the last withdrawal back.
func (s *soak) decide() {
	s.settle()
	unit := soakUnits[s.r.IntN(len(soakUnits))]
	h, kind := s.newest(unit), "withdraw"
	for _, x := range s.in {
		if x.unit == unit && x.withdrawn && s.r.IntN(2) == 0 {
			h, kind = x, "undo"
		}
	}
	if h == nil {
		return
	}
	for _, r := range mustJSON(s.t, "returns", "list", "--zone", s.zone) {
		if r["file"] == h.file {
			s.backedUp = false
			if code, _, log := program(s.t, "returns", kind, r["return"].(string), "--reason", "试", "--zone", s.zone); code != 0 {
				s.t.Fatalf("%s: %s: %d %s", s.what, kind, code, log)
			}
			h.withdrawn = kind == "withdraw"
		}
	}
}

// clock runs by a clock that is wrong: a little is borne, much is refused.
func (s *soak) clock() {
	jump := []time.Duration{-2 * time.Minute, -3 * time.Hour, -400 * 24 * time.Hour}[s.r.IntN(3)]
	var out bytes.Buffer
	a := &app{out: &out, err: &out, now: func() time.Time { return time.Now().Add(jump) }}
	root := a.root()
	root.SetArgs([]string{"run", "--zone", s.zone})
	if code := a.exit(a.finish(root.ExecuteContext(context.Background()))); code > 2 || code == 1 {
		s.t.Errorf("%s, %v: %d %s", s.what, jump, code, out.String())
	}
}

// loseBlock zeroes a block of the warehouse.
func (s *soak) loseBlock() {
	f, err := os.OpenFile(filepath.Join(s.zone, warehouse.FileName), os.O_RDWR, 0)
	if err != nil {
		return // not made yet
	}
	defer f.Close()
	const head, size = 3 * 4096, 65536
	n := (must(f.Stat()).Size() - head) / size
	if n > 0 {
		must(f.WriteAt(make([]byte, size), head+s.r.Int64N(n)*size))
	}
	s.correct() // so that it is worked with: a run that has nothing to do reads no block, and a doctor would find it
}

func (s *soak) backup() {
	if code, _, log := program(s.t, s.args("backup")...); code != 0 {
		s.t.Fatalf("%s: %d %s", s.what, code, log)
	}
	s.backedUp = true
}

// restore brings the zone back from its backup, and goes on there where nothing has come since.
func (s *soak) restore() {
	if !s.backedUp {
		s.backup()
	}
	to := filepath.Join(s.t.TempDir(), "back")
	code, out, log := program(s.t, "restore", s.backups, "--to", to, "-f", "json")
	var r []struct {
		Proven bool
		Notes  []string
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != 0 || !r[0].Proven && len(r[0].Notes) == 0 {
		s.t.Fatalf("%s: %d %s%s", s.what, code, out, log)
	}
	long := time.Now().Add(-time.Hour)
	for _, f := range files(s.t, filepath.Join(to, "inbox")) {
		if err := os.Chtimes(f, long, long); err != nil {
			s.t.Fatal(err)
		}
	}
	old := s.zone
	s.moveTo(to)
	s.settle()
	if err := os.RemoveAll(old); err != nil {
		s.t.Fatal(err)
	}
}

var soakMoves sync.Mutex // readers find the zone where it is

func (s *soak) moveTo(dir string) {
	soakMoves.Lock()
	defer soakMoves.Unlock()
	s.zone = dir
}

func (s *soak) summary() {
	s.settle()
	if code, _, log := program(s.t, "summary", "--zone", s.zone, "-q"); code != 0 {
		s.t.Fatalf("%s: %d %s", s.what, code, log)
	}
	s.backedUp = false
}

// readers ask for figures beside all this, which never fails and never gives half of something.
func (s *soak) readers() (stop func() int) {
	done, reads := make(chan struct{}), 0
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(300 * time.Millisecond):
			}
			soakMoves.Lock()
			c := exec.Command(must(os.Executable()), "metrics", "problems_collected", "--zone", s.zone, "-f", "csv", "-q")
			c.Env = append(os.Environ(), "TAIZHANG_AS_PROGRAM=1")
			out, err := c.CombinedOutput()
			soakMoves.Unlock()
			reads++
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			if err != nil || !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "problems_collected,") }) {
				s.t.Errorf("a reader: %v %s", err, out)
			}
		}
	})
	var once sync.Once
	return func() int {
		once.Do(func() { close(done); wg.Wait() })
		return reads
	}
}
