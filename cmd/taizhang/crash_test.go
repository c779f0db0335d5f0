//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"taizhang/internal/archive"
	"taizhang/internal/durable"
	"taizhang/internal/tooltest"
)

// crashZone is a small zone with files of all kinds in its inbox: good ones, one to reject, a duplicate, a correction.
func crashZone(t *testing.T) string {
	t.Helper()
	zone := t.TempDir()
	write := func(name, text string) {
		writeLongAgo(t, filepath.Join(zone, filepath.FromSlash(name)), text)
	}
	write("taizhang.yaml", `zone: 样板园区
as_of: 2022-08-15
submitters:
  - {code: cyj, name: 产业局, kind: department}
  - {code: jsj, name: 建设局, kind: department}
  - {code: smj, name: 双马街道, kind: street}
returns:
  - {form: problem, from: all, due: monday 12:00, since: 2022-W29}
`)
	for _, unit := range []string{"产业局", "建设局", "双马街道"} {
		for week := 29; week <= 32; week++ {
			write(fmt.Sprintf("inbox/%s/%s问题台账第%d周.csv", unit, unit, week), problemCSV(unit, week, 20, week-29))
		}
	}
	write("inbox/产业局/更正.csv", doubtful(problemCSV("产业局", 32, 20, 9), ""))
	write("inbox/双马街道/双马街道问题台账第32周.xlsx", string(crashBook()))
	if err := os.Remove(filepath.Join(zone, "inbox/双马街道/双马街道问题台账第32周.csv")); err != nil {
		t.Fatal(err)
	}
	write("inbox/产业局/重复13812345678.csv", problemCSV("产业局", 30, 20, 1))
	write("inbox/产业局/缩水.csv", problemCSV("产业局", 32, 3, 9))
	write("inbox/无名/不知何表.csv", "甲,乙\n1,2\n")
	return zone
}

// doubtful adds to a return what its receipt has to say more about: doubts, a column nobody reads, notes, numbers of persons,
// and more at the end of each line.
func doubtful(csv, more string) string {
	lines := strings.Split(strings.TrimSpace(csv), "\n")
	for i := range lines {
		switch i {
		case 0, 1:
		case 2:
			lines[i] += ",备用栏"
		default:
			lines[i] += ",备用" + more
		}
	}
	lines[5] = strings.Replace(lines[5], "2022-09-01", "2022-06-01", 1)
	lines[6] = strings.Replace(lines[6], "已修好", "电话13812345678", 1)
	return strings.Join(lines, "\n") + "\n合计,20\n注：经办人13812345678\n"
}

// crashBook is such a return as a workbook, with sheets that are passed over.
var crashBook = sync.OnceValue(func() []byte {
	f := excelize.NewFile()
	defer f.Close()
	for i, line := range strings.Split(strings.TrimSpace(doubtful(problemCSV("双马街道", 32, 20, 3), ",多出的")), "\n") {
		for k, v := range strings.Split(line, ",") {
			ref, _ := excelize.CoordinatesToCellName(k+1, i+1)
			if err := f.SetCellStr("Sheet1", ref, v); err != nil {
				panic(err)
			}
		}
	}
	for _, name := range []string{"附注13812345678", "隐藏"} {
		must(f.NewSheet(name))
		if err := f.SetCellStr(name, "A1", "说明"); err != nil {
			panic(err)
		}
	}
	if err := f.SetSheetVisible("隐藏", false); err != nil {
		panic(err)
	}
	return must(f.WriteToBuffer()).Bytes()
})

func problemCSV(unit string, week, rows, closed int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "问题台账\n填报单位：%s,,报送期：2022年第%d周\n问题编号,问题来源,责任清单,问题描述,牵头单位,交办日期,办结时限,办理状态,办结日期,办理情况\n", unit, week)
	for i := 1; i <= rows; i++ {
		status, on, progress := "办理中", "", "正在处理"
		if i <= closed {
			status, on, progress = "已办结", "2022-07-12", "已修好"
		}
		fmt.Fprintf(&b, "%s-%03d,走访调研,基层治理,路灯不亮%d,%s,2022-07-01,2022-09-01,%s,%s,%s\n", unit, i, i, unit, status, on, progress)
	}
	return b.String()
}

// state is what must be the same however often a run was interrupted.
func state(t *testing.T, zone string) string {
	t.Helper()
	var b strings.Builder
	code, out, log := program(t, "returns", "list", "--zone", zone, "-f", "csv")
	if code != 0 {
		t.Fatalf("returns list: exit code %d\n%s", code, log)
	}
	b.WriteString(out)
	for _, q := range []string{
		"select metric, dimension, dimension_value, value, num, den from mart.metric order by all",
		"select * from 问题台账",
		"select return_id, seq, rule, cell from raw.finding order by 1, 2",
	} {
		code, out, log := program(t, "sql", q, "--zone", zone, "-f", "csv")
		if code != 0 {
			t.Fatalf("%s: exit code %d\n%s", q, code, log)
		}
		b.WriteString(out)
	}
	for _, f := range append(files(t, filepath.Join(zone, "outbox")), append(files(t, filepath.Join(zone, "inbox")), files(t, filepath.Join(zone, "published", "汇总台账"))...)...) {
		rel, err := filepath.Rel(zone, f)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(rel)
		if strings.HasPrefix(rel, "outbox") { // a receipt says the same, whoever finished it
			b.WriteString(" " + archive.Hash(must(os.ReadFile(f))))
		}
		b.WriteString("\n")
	}
	a, err := archive.View(filepath.Join(zone, "archive"))
	if err != nil {
		t.Fatal(err)
	}
	pending, err := a.Pending()
	if err != nil || len(pending) > 0 {
		t.Errorf("%d arrivals are pending (%v)", len(pending), err)
	}
	return b.String()
}

const crashReceived = "2022-08-15 09:00"

// start starts the program as a process of its own.
func start(t *testing.T, args ...string) (*exec.Cmd, *lockedBuffer) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	log := &lockedBuffer{}
	c := exec.Command(exe, args...)
	c.Env = append(os.Environ(), "TAIZHANG_AS_PROGRAM=1")
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // only what this test started
		if c.ProcessState == nil {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
	})
	return c, log
}

// finish lets the next run finish a zone and compares it with an undisturbed one.
func finish(t *testing.T, zone, want, what string) {
	t.Helper()
	untold := told(zone) == 0
	code, _, log := program(t, "run", "--zone", zone, "--received-at", crashReceived)
	if code != 0 && code != 3 {
		t.Fatalf("%s: the next run: exit code %d\n%s", what, code, log)
	}
	if calm := calmLines(t); untold && (code != 3 || returnLines(log) != calm) {
		t.Errorf("%s: the next run: exit code %d; it tells\n%s\nnot\n%s", what, code, returnLines(log), calm)
	}
	if got := state(t, zone); got != want {
		t.Errorf("%s: the zone differs from an undisturbed one:\n%s", what, difference(want, got))
	}
	if code, _, log := program(t, "run", "--zone", zone); code != 0 || !strings.Contains(log, "Nothing new") {
		t.Errorf("%s: the run after that: exit code %d\n%s", what, code, log)
	}
}

// told is the last arrival whose outcome a run has told, 0 for none.
func told(zone string) int {
	var p struct{ Told int }
	text, err := os.ReadFile(filepath.Join(zone, "published/publication.json"))
	if err != nil || json.Unmarshal(text, &p) != nil {
		return 0
	}
	return p.Told
}

// returnLines are the lines of a run's output about returns, with their sum.
func returnLines(log string) string {
	var out []string
	for _, l := range strings.Split(log, "\n") {
		if strings.HasPrefix(l, "0000") {
			out = append(out, l)
		} else if sum, _, ok := strings.Cut(l, " Receipts: "); ok {
			out = append(out, sum)
		}
	}
	return strings.Join(out, "\n")
}

var undisturbed struct {
	once  sync.Once
	lines string
}

// calmLines is what an undisturbed run of a crashZone tells.
func calmLines(t *testing.T) string {
	t.Helper()
	undisturbed.once.Do(func() {
		_, _, log := program(t, "run", "--zone", crashZone(t), "--received-at", crashReceived)
		undisturbed.lines = returnLines(log)
	})
	return undisturbed.lines
}

func difference(want, got string) string {
	in := map[string]int{}
	for _, l := range strings.Split(want, "\n") {
		in[l]++
	}
	var b strings.Builder
	for _, l := range strings.Split(got, "\n") {
		if in[l]--; in[l] < 0 {
			b.WriteString("+ " + l + "\n")
		}
	}
	for _, l := range strings.Split(want, "\n") {
		if in[l] > 0 {
			in[l] = 0
			b.WriteString("- " + l + "\n")
		}
	}
	return b.String()
}

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
