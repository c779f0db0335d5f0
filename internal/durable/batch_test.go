package durable_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"taizhang/internal/durable"
	"taizhang/internal/durable/durabletest"
)

// TestBatch: many files of few folders, each whole, each folder synced once and after all names are there.
func TestBatch(t *testing.T) {
	dir := t.TempDir()
	units := []string{filepath.Join(dir, "产业局"), filepath.Join(dir, "双马街道")}
	for _, u := range units {
		if err := durable.MkdirAll(u, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	const files = 120
	add := func(b *durable.Batch) (paths []string) {
		for i := range files {
			p := filepath.Join(units[i%2], fmt.Sprintf("%03d.xlsx", i))
			b.Add(p, 0o644, []byte(strings.Repeat(p, 1+i)))
			paths = append(paths, p)
		}
		return paths
	}
	var b durable.Batch
	paths := add(&b)
	for _, p := range paths {
		if _, err := os.Stat(p); err == nil {
			t.Fatalf("%s is there before Commit", p)
		}
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	for i, p := range paths {
		if got := read(t, p); got != strings.Repeat(p, 1+i) {
			t.Errorf("%s holds %d bytes", p, len(got))
		}
	}
	add(&b)
	b.Discard()
	if l := leftovers(t, dir); len(l) > 0 {
		t.Errorf("left over: %v", l)
	}
	steps := durabletest.Steps(func() {
		add(&b)
		if err := b.Commit(); err != nil {
			t.Fatal(err)
		}
	})
	last := steps[len(steps)-2:]
	if !slices.Equal(durabletest.Ops(last), []durable.Op{durable.SyncDir, durable.SyncDir}) || last[0].Path == last[1].Path {
		t.Errorf("it ends with %v", last)
	}
	if n := len(steps); n != files*4+2 { // create, append, sync, rename
		t.Errorf("%d steps", n)
	}
}

// TestBatchFault: a file that can't be written is told and keeps none of the others.
func TestBatchFault(t *testing.T) {
	dir := t.TempDir()
	var err error
	for n := range 12 {
		durabletest.FailAt(n, syscall.EIO, func() {
			var b durable.Batch
			for _, name := range []string{"a", "b", "c"} {
				b.Add(filepath.Join(dir, name), 0o644, []byte(fmt.Sprint(name, n)))
			}
			err = b.Commit()
		})
		if !errors.Is(err, syscall.EIO) {
			t.Errorf("step %d: %v", n, err)
		}
		fresh := 0
		for _, name := range []string{"a", "b", "c"} {
			text, _ := os.ReadFile(filepath.Join(dir, name))
			switch string(text) {
			case fmt.Sprint(name, n):
				fresh++
			default:
				if !strings.Contains(err.Error(), filepath.Join(dir, name)) {
					t.Errorf("step %d: %s is not written, and the error says %v", n, name, err)
				}
			}
		}
		if l := leftovers(t, dir); fresh != 2 || len(l) > 0 {
			t.Errorf("step %d: %d files are written, left over: %v", n, fresh, l)
		}
	}
	durabletest.FailAt(12, syscall.EIO, func() { // the folder
		var b durable.Batch
		for _, name := range []string{"a", "b", "c"} {
			b.Add(filepath.Join(dir, name), 0o644, []byte(name))
		}
		err = b.Commit()
	})
	if !errors.Is(err, syscall.EIO) || !strings.Contains(err.Error(), dir) {
		t.Errorf("the folder: %v", err)
	}
}

// TestPlaceNew: what somebody else put there stays.
func TestPlaceNew(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "回执.xlsx")
	if err := os.WriteFile(path, []byte("somebody's"), 0o644); err != nil {
		t.Fatal(err)
	}
	var took string
	write := func() error {
		var b durable.Batch
		b.AddAs(path, 0o644, []byte("ours"), func(s *durable.Staged) error {
			if err := s.PlaceNew(path); !errors.Is(err, fs.ErrExist) {
				return err
			}
			took = filepath.Join(dir, "回执(2).xlsx")
			return s.PlaceNew(took)
		})
		return b.Commit()
	}
	prepare := func(t *testing.T) {
		_ = os.Remove(filepath.Join(dir, "回执(2).xlsx"))
		for _, l := range leftovers(t, dir) {
			_ = os.Remove(l)
		}
	}
	durabletest.Each(t, syscall.ENOSPC, prepare, write, func(t *testing.T, at durable.Step, err error) {
		if got := read(t, path); got != "somebody's" {
			t.Fatalf("%s: it holds %q", at, got)
		}
		if text, rerr := os.ReadFile(took); rerr == nil && string(text) != "ours" {
			t.Errorf("%s: a half: %q", at, text)
		} else if err == nil && rerr != nil {
			t.Errorf("%s: nothing is there, and no error", at)
		}
	})
	prepare(t)
	if err := write(); err != nil || read(t, took) != "ours" || len(leftovers(t, dir)) > 0 {
		t.Errorf("%v, left over: %v", err, leftovers(t, dir))
	}
}

func BenchmarkBatch(b *testing.B) {
	content := make([]byte, 30<<10)
	for name, write := range map[string]func(dir string, n int) error{
		"one by one": func(dir string, n int) error {
			for i := range n {
				if err := durable.WriteBytes(filepath.Join(dir, fmt.Sprint(i)), 0o644, content); err != nil {
					return err
				}
			}
			return nil
		},
		"batch": func(dir string, n int) error {
			var batch durable.Batch
			for i := range n {
				batch.Add(filepath.Join(dir, fmt.Sprint(i)), 0o644, content)
			}
			return batch.Commit()
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := write(b.TempDir(), 200); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
