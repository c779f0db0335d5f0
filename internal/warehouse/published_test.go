package warehouse

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// writeAndStay is a viewer that opened the published file for writing, as DBeaver does, and wrote to it.
func writeAndStay(path string) {
	db, err := Open(path, Options{})
	if err == nil {
		_, err = db.Conn.ExecContext(ctx, "update ctl.run set as_of = date '1999-01-01'; create table main.mine as select 1 as x")
	}
	fmt.Println("written", err)
	time.Sleep(time.Minute)
}

// viewer starts that program.
func viewer(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TAIZHANG_TEST_WRITE="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "written <nil>\n" {
		t.Fatalf("%q %v", line, err)
	}
	return cmd
}

// publishOf makes a warehouse as of a day, with some rows, and publishes it.
func publishOf(t *testing.T, warehouse, dir, day string) Publication {
	t.Helper()
	db, err := Open(warehouse, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := Schema(ctx, db.Conn); err != nil {
		t.Fatal(err)
	}
	exec1(t, db, "delete from ctl.run; insert into ctl.run values (date '"+day+"', timestamp '2022-08-15 12:00:00', date '2022-01-01')")
	exec1(t, db, "create or replace table raw.rows as select i as n, hash(i)::varchar as text from range(20000) as t(i)")
	if err := db.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	p, err := Publish(ctx, warehouse, dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// answers is what our readers get from a folder: the as-of date, and what is said about the file.
func answers(t *testing.T, dir string) (day, note string) {
	t.Helper()
	r, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return readDay(t, r.Path), r.Note
}

func readDay(t *testing.T, path string) string {
	t.Helper()
	db, err := ReadOnly(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	days, err := Strings(ctx, db.Conn, "select cast(as_of as varchar) from ctl.run")
	if err != nil || len(days) != 1 {
		t.Fatalf("%v %v", days, err)
	}
	return days[0]
}

func TestViewerThatWritesHarmsNobody(t *testing.T) {
	for _, first := range []bool{true, false} { // the first publication has no kept one to fall back to
		t.Run(fmt.Sprintf("first=%v", first), func(t *testing.T) {
			warehouse, dir := filepath.Join(t.TempDir(), FileName), t.TempDir()
			publishOf(t, warehouse, dir, "2022-08-14")
			want := "2022-08-14"
			if !first {
				publishOf(t, warehouse, dir, "2022-08-15")
			}
			path := filepath.Join(dir, Published)
			cmd := viewer(t, path)
			if day, note := answers(t, dir); day != want || note == "" {
				t.Errorf("while it is open: %s %q", day, note)
			}
			cmd.Process.Kill()
			cmd.Wait()
			if info, err := os.Stat(path + ".wal"); err != nil || info.Size() == 0 {
				t.Fatalf("the viewer left no log: the test tests nothing (%v)", err)
			}
			if day, note := answers(t, dir); day != want || !strings.Contains(note, "taizhang.duckdb.wal") || !first && !strings.Contains(note, "taizhang-2") {
				t.Errorf("beside its log: %s %q", day, note)
			}
			p := publishOf(t, warehouse, dir, "2022-08-16")
			if len(p.Notes) == 0 || !strings.Contains(strings.Join(p.Notes, "\n"), "taizhang.duckdb.wal") {
				t.Errorf("nothing is said: %q", p.Notes)
			}
			if day, note := answers(t, dir); day != "2022-08-16" || note != "" {
				t.Errorf("after the next publication: %s %q", day, note)
			}
			if day := readDay(t, path); day != "2022-08-16" { // other people's readers take the fixed name
				t.Error(day)
			}
			kept, err := History(dir)
			for _, k := range kept {
				if day := readDay(t, k.Path); day == "1999-01-01" {
					t.Error("what the viewer wrote is kept")
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLiveViewerDoesNotStopPublication: on Windows such a file can't be replaced; there the publication is deferred.
func TestLiveViewerDoesNotStopPublication(t *testing.T) {
	warehouse, dir := filepath.Join(t.TempDir(), FileName), t.TempDir()
	publishOf(t, warehouse, dir, "2022-08-14")
	viewer(t, filepath.Join(dir, Published))
	p := publishOf(t, warehouse, dir, "2022-08-15")
	if p.Deferred != (runtime.GOOS == "windows") {
		t.Error("deferred:", p.Deferred)
	}
	if day, note := answers(t, dir); day != "2022-08-15" || note != "" {
		t.Errorf("%s %q", day, note)
	}
}

func TestSidecarsOfAllKindsGo(t *testing.T) {
	for _, name := range []string{"wal", "wal.checkpoint", "wal.recovery", "tmp", "tmp/"} {
		warehouse, dir := filepath.Join(t.TempDir(), FileName), t.TempDir()
		publishOf(t, warehouse, dir, "2022-08-14")
		path := filepath.Join(dir, Published+"."+strings.TrimSuffix(name, "/"))
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(filepath.Join(path, "deep"), 0o755); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, []byte("something"), 0o644); err != nil {
			t.Fatal(err)
		}
		other := filepath.Join(dir, Published+".bak") // somebody's own
		if err := os.WriteFile(other, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if day, note := answers(t, dir); day != "2022-08-14" || !strings.Contains(note, filepath.Base(path)) {
			t.Errorf("%s: %s %q", name, day, note)
		}
		p := publishOf(t, warehouse, dir, "2022-08-15")
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: still there (%v)", name, err)
		}
		if len(p.Notes) == 0 {
			t.Errorf("%s: nothing is said", name)
		}
		if day, note := answers(t, dir); day != "2022-08-15" || note != "" {
			t.Errorf("%s: %s %q", name, day, note)
		}
		if _, err := os.Stat(other); err != nil {
			t.Error(err)
		}
	}
}

// TestFlippedByte: a byte that changed anywhere in what is published is noticed before it is published, and after.
func TestFlippedByte(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	warehouse, dir := filepath.Join(t.TempDir(), FileName), t.TempDir()
	publishOf(t, warehouse, dir, "2022-08-13")
	publishOf(t, warehouse, dir, "2022-08-14")
	good, err := os.ReadFile(warehouse)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, Published)
	for range 40 {
		at := rnd.IntN(len(good))
		if at >= headSize && at < firstBlockAt && rnd.IntN(4) > 0 {
			continue
		}
		bad := append([]byte(nil), good...)
		bad[at] ^= 1 << rnd.IntN(8)
		file := filepath.Join(t.TempDir(), "copy.duckdb")
		if err := os.WriteFile(file, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		var damaged *DamagedError
		if _, err := scan(file); !errors.As(err, &damaged) && !errors.Is(err, errLayout) && bad[headSize] == good[headSize] {
			t.Errorf("byte %d: %v", at, err)
		}
		// in the published file
		if err := os.WriteFile(path+".new", bad, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
		var trouble *Trouble
		if err := Sound(dir); !errors.As(err, &trouble) {
			t.Errorf("byte %d of the published file: %v", at, err)
		}
		if day, note := answers(t, dir); day != "2022-08-13" || note == "" {
			t.Errorf("byte %d: %s %q", at, day, note)
		}
	}
	// one that holds values: counting rows wouldn't notice
	found := false
	for at := firstBlockAt + 100; at < len(good) && !found; at += 65536 {
		bad := append([]byte(nil), good...)
		bad[at] ^= 1
		file := filepath.Join(t.TempDir(), FileName)
		if err := os.WriteFile(file, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := check(ctx, file); err != nil {
			continue
		}
		found = true
		if _, err := Publish(ctx, file, t.TempDir()); err == nil && readAll(ctx, file) != nil {
			t.Errorf("byte %d: a damaged warehouse was published", at)
		}
	}
	if !found {
		t.Error("no block of values found")
	}
	publishOf(t, warehouse, dir, "2022-08-16")
	if day, note := answers(t, dir); day != "2022-08-16" || note != "" {
		t.Errorf("%s %q", day, note)
	}
}

// TestCopiedPublicationIsSound: a zone that was copied or touched is the same one; one that was written to isn't.
func TestCopiedPublicationIsSound(t *testing.T) {
	warehouse, dir := filepath.Join(t.TempDir(), FileName), t.TempDir()
	publishOf(t, warehouse, dir, "2022-08-14")
	path := filepath.Join(dir, Published)
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := Sound(dir); err != nil {
		t.Error(err)
	}
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	exec1(t, db, "update ctl.run set as_of = date '1999-01-01'")
	if err := db.Close(); err != nil { // cleanly: no log is left
		t.Fatal(err)
	}
	var trouble *Trouble
	if err := Sound(dir); !errors.As(err, &trouble) {
		t.Error(err)
	}
	if _, err := Find(dir); err == nil || !strings.Contains(err.Error(), "taizhang run") {
		t.Errorf("answered from it: %v", err)
	}
}

func TestQuestionMarkInPathIsRefused(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "what?", FileName), Options{}); err == nil || !strings.Contains(err.Error(), "rename the folder") {
		t.Error(err)
	}
}

// TestAnyPath: a zone may lie in a folder of any name; what a URL means by # ? % is nothing to it.
func TestAnyPath(t *testing.T) {
	names := []string{"a#b", "100%", "it's", "two  words", "高新区（新）&b=c;[x]{y}+"}
	if runtime.GOOS != "windows" {
		names = append(names, "md:zone", "line\nbreak", `back\slash "x"`, "a#%41'高")
	}
	for _, n := range names {
		t.Run(n, func(t *testing.T) {
			base := filepath.Join(t.TempDir(), "z", n)
			if err := os.MkdirAll(base, 0o755); err != nil {
				t.Skip(err)
			}
			t.Chdir(filepath.Dir(base))
			warehouse, dir := filepath.Join(n, FileName), filepath.Join(n, "published")
			publishOf(t, warehouse, dir, "2022-08-14")
			publishOf(t, warehouse, dir, "2022-08-15")
			entries, err := os.ReadDir(base)
			if err != nil || len(entries) != 2 {
				t.Errorf("%v %v", entries, err)
			}
			db, err := ReadOnly(filepath.Join(dir, Published), Options{MemoryLimit: "123MB"})
			if err != nil {
				t.Fatal(err)
			}
			got, err := Strings(ctx, db.Conn, "select current_setting('memory_limit') || ' ' || current_setting('autoload_known_extensions') || ' ' || (select block_size from pragma_database_size() where database_name = current_database())")
			if err != nil || len(got) != 1 || got[0] != "117.3 MiB false 65536" {
				t.Errorf("settings are lost: %q %v", got, err)
			}
			if _, err := db.Conn.ExecContext(ctx, "delete from ctl.run"); err == nil || !strings.Contains(err.Error(), "read-only") {
				t.Errorf("not read-only: %v", err)
			}
			db.Close() // a file isn't opened twice in one process with different settings
			if day, note := answers(t, dir); day != "2022-08-15" || note != "" {
				t.Errorf("%s %q", day, note)
			}
		})
	}
}
