//go:build unix

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/internal/archive"
	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
)

// tree lists the files of folders of a zone with the hashes of their contents.
func treeOf(t *testing.T, zone string, folders ...string) string {
	t.Helper()
	var b strings.Builder
	for _, dir := range folders {
		for _, f := range files(t, filepath.Join(zone, dir)) {
			rel, err := filepath.Rel(zone, f)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(rel, "published/history/") {
				continue
			}
			fmt.Fprintln(&b, rel, archive.Hash(must(os.ReadFile(f))))
		}
	}
	return b.String()
}

// TestRestore: what comes back from a backup is the zone: every original, receipt, paper, declaration and published file,
// and figures proven from archive and journal; a run has nothing to do there.
func TestRestore(t *testing.T) {
	t.Parallel()
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	zone, store := copyOfDemo(t), filepath.Join(t.TempDir(), "backups")
	writeLongAgo(t, filepath.Join(zone, "inbox/产业局/~$锁.xlsx"), "x")
	writeLongAgo(t, filepath.Join(zone, "查询说明.txt"), "区里自己放的")
	if code, _, log := program(t, "backup", store, "--zone", zone); code != 0 {
		t.Fatalf("backup: %d %s", code, log)
	}
	first := mustJSON(t, "backup", store, "--zone", zone)[0]
	if n, _ := num(t, first["copied_bytes"]); n != 0 {
		t.Errorf("a second backup copied %v bytes", n)
	}
	back := filepath.Join(t.TempDir(), "back")
	r := mustJSON(t, "restore", store, "--to", back)[0]
	returns, _ := num(t, r["returns"])
	figures, _ := num(t, r["figures"])
	if r["proven"] != true || returns < 400 || figures < 4000 {
		t.Errorf("%v", r)
	}
	all := []string{"taizhang.yaml", "查询说明.txt", "archive", "outbox", "summaries", "published"}
	if want, got := treeOf(t, zone, all...), treeOf(t, back, all...); got != want || strings.Count(got, "\n") < 700 {
		t.Errorf("the restored zone differs:\n%s", difference(want, got))
	}
	if code, _, log := program(t, "run", "--zone", back); code != 0 || !strings.Contains(log, "Nothing new") {
		t.Errorf("a run in the restored zone: %d %s", code, log)
	}
	if code, out, log := program(t, "doctor", "--zone", back); code != 0 {
		t.Errorf("doctor: %d %s%s", code, out, log)
	}
	if code, _, log := program(t, "restore", store, "--to", back); code != 2 || !strings.Contains(log, "is not empty") {
		t.Errorf("restored over a zone: %d %s", code, log)
	}
	// Figures that don't follow from archive and journal are told.
	file := filepath.Join(zone, "published/taizhang.duckdb")
	db := must(warehouse.Open(file, warehouse.Options{}))
	must(db.Conn.ExecContext(t.Context(), "update built.metric_figure set value = value + 1 where metric = 'problems_closed' and dimension = 'total'"))
	if err := errors.Join(db.Checkpoint(t.Context()), db.Close()); err != nil {
		t.Fatal(err)
	}
	if code, _, log := program(t, "backup", store, "--zone", zone); code != 0 {
		t.Fatalf("backup: %d %s", code, log)
	}
	code, _, log := program(t, "restore", store, "--to", filepath.Join(t.TempDir(), "altered"))
	if code != 1 || !strings.Contains(log, "problems_closed 未填: 180.0 → 179.0") || !strings.Contains(log, "differ from those published") {
		t.Errorf("altered figures: %d %s", code, log)
	}
}

// TestBackupBesideRun: whenever a backup is made while a run works, what comes back from it is finished by the next run
// as an undisturbed zone would be.
func TestBackupBesideRun(t *testing.T) {
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	begin := time.Now()
	calm := calmZone(t)
	took, want := time.Since(begin), state(t, calm)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for _, part := range []float64{0.05 + r.Float64()/4, 0.3 + r.Float64()/3, 0.7 + r.Float64()/4} {
		zone, store := crashZone(t), filepath.Join(t.TempDir(), "backups")
		c, _ := start(t, "run", "--zone", zone, "--received-at", crashReceived)
		time.Sleep(time.Duration(part * float64(took)))
		if code, _, log := program(t, "backup", store, "--zone", zone); code != 0 {
			t.Fatalf("backup: %d %s", code, log)
		}
		_ = c.Process.Kill()
		_ = c.Wait()
		back := filepath.Join(t.TempDir(), "back")
		what := fmt.Sprintf("seed %d, backed up after %.2f of a run", seed, part)
		if code, _, log := program(t, "restore", store, "--to", back); code != 0 {
			t.Fatalf("%s: restore: %d %s", what, code, log)
		}
		long := time.Now().Add(-time.Hour)
		for _, f := range files(t, filepath.Join(back, "inbox")) {
			if err := os.Chtimes(f, long, long); err != nil {
				t.Fatal(err)
			}
		}
		finish(t, back, want, what)
	}
}

// TestBackupKilled kills backups at random moments: what was whole stays so, and the next one is whole.
func TestBackupKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	zone, store := calmZone(t), filepath.Join(t.TempDir(), "backups")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	whole := 0
	for i := range 5 {
		writeLongAgo(t, filepath.Join(zone, "查询说明.txt"), strings.Repeat(fmt.Sprint(i), 5<<20))
		c, log := start(t, "backup", store, "--zone", zone)
		time.Sleep(time.Duration(r.Int64N(int64(time.Second))))
		_ = c.Process.Kill()
		if c.Wait() == nil {
			whole++
		}
		if _, err := os.Stat(filepath.Join(store, "taizhang-backup.json")); err != nil {
			continue // killed before it began
		}
		list := mustJSON(t, "backup", store, "--list")
		if len(list) != whole && len(list) != whole+1 { // killed between the manifest and the note
			t.Fatalf("seed %d: %d backups of %d that ended\n%s", seed, len(list), whole, log.String())
		}
		whole = len(list)
		for _, b := range list {
			if b["whole"] != true {
				t.Errorf("seed %d: %v", seed, b)
			}
		}
	}
	if code, _, log := program(t, "backup", store, "--zone", zone, "--keep", "1", "--verify"); code != 0 {
		t.Fatalf("backup: %d %s", code, log)
	}
	if list := mustJSON(t, "backup", store, "--list"); len(list) != 1 || list[0]["whole"] != true {
		t.Errorf("%v", list)
	}
	r2 := mustJSON(t, "restore", store, "--to", filepath.Join(t.TempDir(), "back"))[0]
	if r2["proven"] != true {
		t.Errorf("%v", r2)
	}
}

// TestRestoreKilled: a restore that is killed leaves no zone, and goes on when it is begun again.
func TestRestoreKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	zone, store := calmZone(t), filepath.Join(t.TempDir(), "backups")
	if code, _, log := program(t, "backup", store, "--zone", zone); code != 0 {
		t.Fatalf("backup: %d %s", code, log)
	}
	back := filepath.Join(t.TempDir(), "back")
	for _, reached := range []func() bool{
		func() bool { _, err := os.Stat(filepath.Join(back, "archive")); return err == nil },
		func() bool { _, err := os.Stat(filepath.Join(back, "warehouse.duckdb.rebuild")); return err == nil },
	} {
		killWhen(t, reached, "restore", store, "--to", back)
		if code, _, log := program(t, "run", "--zone", back); code != 2 || !strings.Contains(log, "is not a zone") {
			t.Errorf("a run in a half-restored folder: %d %s", code, log)
		}
	}
	if r := mustJSON(t, "restore", store, "--to", back)[0]; r["proven"] != true {
		t.Errorf("%v", r)
	}
	if code, out, log := program(t, "doctor", "--zone", back); code != 0 {
		t.Errorf("doctor: %d %s%s", code, out, log)
	}
}
