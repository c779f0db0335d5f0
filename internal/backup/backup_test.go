package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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

var long = time.Date(2022, 8, 1, 12, 0, 0, 0, time.UTC)

// source is a folder of files, one of them of several pieces; all written long ago.
func source(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "a.txt", "first", long)
	write(t, dir, "empty", "", long)
	write(t, dir, "业务/large", strings.Repeat("0123456789abcdef", 5<<20/16), long)
	return dir
}

func write(t *testing.T, dir, name, text string, at time.Time) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

// save backs a folder up.
func save(s *Store, dir string, at time.Time, all bool) (*Set, *Writer, error) {
	w, err := s.Begin(context.Background(), at, "test", all)
	if err != nil {
		return nil, nil, err
	}
	defer w.Discard()
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return w.Add(path, filepath.ToSlash(rel))
	})
	if err != nil {
		return nil, w, err
	}
	set, err := w.Commit()
	return set, w, err
}

// same wants a set to give back what a folder holds.
func same(t *testing.T, s *Store, set *Set, dir string) {
	t.Helper()
	n := 0
	for i := range set.Files {
		f := &set.Files[i]
		to := filepath.Join(t.TempDir(), "file")
		if err := s.Extract(f, to); err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
		want, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(to)
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: %d bytes come back of %d (%v)", f.Path, len(got), len(want), err)
		}
		n++
	}
	if n != 3 {
		t.Errorf("%d files in the set", n)
	}
}

func create(t *testing.T) *Store {
	t.Helper()
	s, err := Create(filepath.Join(t.TempDir(), "store"), "zone", "about")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func day(n int) time.Time { return long.AddDate(0, 0, n) }

// TestIncremental: what the store holds is not copied again, and what changed is, piece by piece.
func TestIncremental(t *testing.T) {
	dir, s := source(t), create(t)
	first, w, err := save(s, dir, day(1), false)
	if err != nil || w.Copied != 4 {
		t.Fatalf("%d pieces copied, %v", w.Copied, err)
	}
	if _, w, err = save(s, dir, day(2), false); err != nil || w.Copied != 0 {
		t.Fatalf("again: %d pieces copied, %v", w.Copied, err)
	}
	same(t, s, first, dir)
	write(t, dir, "业务/large", strings.Repeat("0123456789abcdef", 5<<20/16)+"x", day(2).Add(time.Hour))
	third, w, err := save(s, dir, day(3), false)
	if err != nil || w.Copied != 1 {
		t.Fatalf("changed at its end: %d pieces copied, %v", w.Copied, err)
	}
	same(t, s, third, dir)
	sets, damaged, err := s.Sets()
	if err != nil || len(sets) != 3 || len(damaged) != 0 {
		t.Fatalf("%d sets, %v, %v", len(sets), damaged, err)
	}
	if f := first.File("a.txt"); f == nil || !f.Modified.Equal(long) {
		t.Errorf("%+v", f)
	}
	// A file that was written within the seconds of a backup may have been written again in the same tick.
	write(t, dir, "a.txt", "other", day(4))
	if _, _, err := save(s, dir, day(4), false); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "a.txt", "newer", day(4))
	fifth, _, err := save(s, dir, day(5), false)
	if err != nil {
		t.Fatal(err)
	}
	same(t, s, fifth, dir)
}

// TestPlainFiles: a store holds what any medium can: short ASCII names that no system minds, no links, no large files.
func TestPlainFiles(t *testing.T) {
	dir, s := source(t), create(t)
	write(t, dir, "业务/very large", strings.Repeat("x", 9<<20)+"y", long)
	if _, _, err := save(s, dir, day(1), false); err != nil {
		t.Fatal(err)
	}
	n := 0
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() || info.Size() > pieceBytes || strings.Trim(d.Name(), "0123456789abcdefghijklmnopqrstuvwxyzTZ.-") != "" || len(d.Name()) > 80 {
			t.Errorf("%s: %v, %d bytes", path, info.Mode(), info.Size())
		}
		return nil
	})
	if err != nil || n < 7 {
		t.Errorf("%d files, %v", n, err)
	}
}

// TestFaults fails every step of a backup in turn: what was whole stays whole, what is half made is no backup, and the
// next one is whole.
func TestFaults(t *testing.T) {
	dir := source(t)
	var s *Store
	prepare := func(t *testing.T) {
		s = create(t)
		write(t, dir, "a.txt", "first", long)
		if _, _, err := save(s, dir, day(1), false); err != nil {
			t.Fatal(err)
		}
		write(t, dir, "a.txt", "second", day(1).Add(time.Hour))
	}
	back := func() error { _, _, err := save(s, dir, day(2), false); return err }
	durabletest.Each(t, syscall.ENOSPC, prepare, back, func(t *testing.T, at durable.Step, err error) {
		sets, damaged, e := s.Sets()
		if e != nil || len(damaged) > 0 || len(sets) == 0 {
			t.Fatalf("%s: %d sets, %v, %v", at, len(sets), damaged, e)
		}
		if len(sets) == 2 && !errors.Is(err, syscall.ENOSPC) && err != nil {
			t.Errorf("%s: %v", at, err)
		}
		if got, e := s.Content(sets[0].File("a.txt")); e != nil || string(got) != "first" {
			t.Errorf("%s: the backup before gives %q, %v", at, got, e)
		}
		if len(sets) == 2 {
			same(t, s, sets[1], dir)
		}
		set, _, e := save(s, dir, day(3), false)
		if e != nil {
			t.Fatalf("%s: the next one: %v", at, e)
		}
		same(t, s, set, dir)
		if err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
			if durable.IsLeftover(d.Name()) {
				t.Errorf("%s: %s is left", at, path)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestDamage: a piece that rotted is found when it is read again, copied again where the file still is, and else the sets
// that lack it are told.
func TestDamage(t *testing.T) {
	dir, s := source(t), create(t)
	set, _, err := save(s, dir, day(1), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []bool{false, true} {
		name := set.File("a.txt").Sum
		if err := os.WriteFile(s.piece(name), []byte("fIrst"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Extract(set.File("a.txt"), filepath.Join(t.TempDir(), "x")); err == nil {
			t.Error("a damaged piece is given back")
		}
		if gone {
			write(t, dir, "a.txt", "second", day(1))
		}
		_, w, err := save(s, dir, day(2), true)
		if err != nil || !slices.Equal(w.Damaged, []string{name}) {
			t.Errorf("damaged: %v, %v", w.Damaged, err)
		}
		lacking, err := s.Lacking()
		if err != nil || gone != (len(lacking) > 0) {
			t.Errorf("gone %v: lacking %v, %v", gone, lacking, err)
		}
	}
	// Within sixteen backups every piece is read without being asked for.
	read := 0
	for n := range turns {
		_, w, err := save(s, dir, day(3+n), false)
		if err != nil {
			t.Fatal(err)
		}
		read += w.Read
	}
	if want := len(s.have); read != want {
		t.Errorf("%d pieces were read in %d backups, there are %d", read, turns, want)
	}
	// A manifest that is not what was written is no backup.
	path := filepath.Join(s.dir, setsDir, set.Name+".json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "a.txt", "b.txt", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Find(set.Name); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Errorf("an altered manifest: %v", err)
	}
}

func TestRetain(t *testing.T) {
	for _, c := range []struct {
		keep, monthly int
		want          string
	}{
		{0, 0, "2022-08-02 2022-08-30 2022-09-10 2022-10-01 2022-10-02"},
		{2, 0, "2022-10-01 2022-10-02"},
		{1, 2, "2022-09-10 2022-10-02"},
		{1, 9, "2022-08-30 2022-09-10 2022-10-02"},
	} {
		dir, s := source(t), create(t)
		for i, n := range []int{1, 29, 40, 61, 62} {
			write(t, dir, "a.txt", fmt.Sprint("text ", i), day(n).Add(-time.Hour))
			if _, _, err := save(s, dir, day(n), false); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Retain(c.keep, c.monthly); err != nil {
			t.Fatal(err)
		}
		sets, _, err := s.Sets()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, set := range sets {
			got = append(got, set.At.Format(time.DateOnly))
			if f := set.File("a.txt"); s.have[f.Sum] == 0 {
				t.Errorf("%v: %s lost a piece", c, set.Name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v keeps %v", c, got)
		}
		if lacking, err := s.Lacking(); err != nil || len(lacking) > 0 {
			t.Errorf("%v: %v %v", c, lacking, err)
		}
		if want := len(sets) + 3; len(s.have) != want { // the pieces of the other two files
			t.Errorf("%v: %d pieces are there, %d are used", c, len(s.have), want)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	s := create(t)
	if _, err := Create(s.dir, "another", ""); err == nil || !strings.Contains(err.Error(), "not of another") {
		t.Errorf("another owner: %v", err)
	}
	other := t.TempDir()
	write(t, other, "holiday.jpg", "x", long)
	if _, err := Create(other, "zone", ""); err == nil || !strings.Contains(err.Error(), "holiday.jpg") {
		t.Errorf("a folder with other files: %v", err)
	}
	if _, err := Create(filepath.Join(t.TempDir(), "no", "such"), "zone", ""); err == nil {
		t.Error("a folder on a medium that isn't there is made")
	}
	if _, err := Open(t.TempDir()); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, markName), []byte(`{"format": 2, "owner": "zone"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(s.dir); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("a newer format: %v", err)
	}
}
