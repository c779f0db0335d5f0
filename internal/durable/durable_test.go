package durable_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"taizhang/internal/durable"
	"taizhang/internal/durable/durabletest"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// leftovers are the staged files in a folder and those below it.
func leftovers(t *testing.T, dir string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && durable.IsLeftover(d.Name()) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// told checks that an error names the file, hides the temporary one and wraps the cause.
func told(t *testing.T, at durable.Step, err error, path string) {
	t.Helper()
	if err == nil || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), ".tmp-") {
		t.Errorf("%s: the error is %v", at, err)
	}
}

// TestOldOrNew: whichever step fails, and whether the program goes on after it
// or dies there, the file is the old one or the new one.
func TestOldOrNew(t *testing.T) {
	const old, fresh = "what was there\n", "what is meant, longer than before\n"
	dir := t.TempDir()
	path, made := filepath.Join(dir, "f.json"), filepath.Join(dir, "made.duckdb")
	for name, c := range map[string]struct {
		write func() error
		ops   []durable.Op
	}{
		"WriteBytes": {
			func() error { return durable.WriteBytes(path, 0o640, []byte(fresh)) },
			[]durable.Op{durable.Create, durable.Append, durable.Sync, durable.Rename, durable.SyncDir},
		},
		"Write piece by piece": {
			func() error {
				return durable.Write(path, 0o640, func(w io.Writer) error {
					for piece := range strings.SplitAfterSeq(fresh, " ") {
						if _, err := io.WriteString(w, piece); err != nil {
							return err
						}
					}
					return nil
				})
			},
			[]durable.Op{durable.Create, durable.Append, durable.Append, durable.Append, durable.Append, durable.Append, durable.Append, durable.Sync, durable.Rename, durable.SyncDir},
		},
		"Stage and Place": {
			func() error {
				s, err := durable.Stage(dir, 0o640, func(w io.Writer) error { _, err := io.WriteString(w, fresh); return err })
				if err != nil {
					return err
				}
				defer s.Discard()
				if got, err := os.ReadFile(s.Name()); err != nil || string(got) != fresh || s.Size() != int64(len(fresh)) {
					return fmt.Errorf("staged: %q, %v", got, err)
				}
				return s.Place(path)
			},
			[]durable.Op{durable.Create, durable.Append, durable.Sync, durable.Rename, durable.SyncDir},
		},
		"Replace": {
			func() error { return durable.Replace(made, path) },
			[]durable.Op{durable.Sync, durable.Rename, durable.SyncDir},
		},
		"Batch": {
			func() error {
				var b durable.Batch
				b.Add(path, 0o640, []byte(fresh))
				return b.Commit()
			},
			[]durable.Op{durable.Create, durable.Append, durable.Sync, durable.Rename, durable.SyncDir},
		},
	} {
		t.Run(name, func(t *testing.T) {
			prepare := func(t *testing.T) {
				for _, l := range leftovers(t, dir) {
					_ = os.Remove(l)
				}
				for p, text := range map[string]string{path: old, made: fresh} {
					if err := os.WriteFile(p, []byte(text), 0o640); err != nil {
						t.Fatal(err)
					}
				}
			}
			prepare(t)
			if got := durabletest.Ops(durabletest.Steps(func() {
				if err := c.write(); err != nil {
					t.Fatal(err)
				}
			})); !slices.Equal(got, c.ops) {
				t.Errorf("the steps are %v", got)
			}
			durabletest.Each(t, syscall.ENOSPC, prepare, c.write, func(t *testing.T, at durable.Step, err error) {
				got := read(t, path)
				if err == nil && got != fresh || got != old && got != fresh {
					t.Errorf("%s: the file holds %q, the error is %v", at, got, err)
				}
				if at.Op != durable.SyncDir && got != old {
					t.Errorf("%s: the file is new already", at)
				}
				if name == "Stage and Place" && (at.Op == durable.Create || at.Op == durable.Append || at.Op == durable.Sync) {
					told(t, at, err, dir) // its name isn't known yet
				} else if name == "Batch" && at.Op == durable.SyncDir {
					told(t, at, err, dir)
				} else {
					told(t, at, err, path)
				}
			})
			prepare(t)
			durabletest.FailAt(slices.Index(c.ops, durable.Rename), syscall.ENOSPC, func() { _ = c.write() })
			if l := leftovers(t, dir); len(l) > 0 {
				t.Errorf("left over: %v", l)
			}
		})
	}
}

// TestWritersError: what goes wrong while the content is made is told as it is, and leaves nothing.
func TestWritersError(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report.xlsx")
	broken := errors.New("chart 3 has no data")
	err := durable.Write(path, 0o644, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return broken
	})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) || len(leftovers(t, dir)) > 0 {
		t.Errorf("something is there: %v %v", err, leftovers(t, dir))
	}
	missing := filepath.Join(dir, "nosuch", "f")
	if err := durable.WriteBytes(missing, 0o644, nil); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) || strings.Contains(err.Error(), ".tmp-") {
		t.Errorf("a missing folder: %v", err)
	}
}

func TestMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes")
	}
	dir := t.TempDir()
	for _, mode := range []fs.FileMode{0o600, 0o644} {
		path := filepath.Join(dir, mode.String())
		if err := durable.WriteBytes(path, mode, []byte("x")); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != mode {
			t.Errorf("%v, want %v (%v)", info.Mode(), mode, err)
		}
	}
}

// TestFolderSync: a file system that can't sync a folder stops nothing; a disk that fails is told.
func TestFolderSync(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "receipt.xlsx")
	writes := map[string]func() error{
		"Write": func() error { return durable.WriteBytes(path, 0o644, []byte("x")) },
		"Batch": func() error { var b durable.Batch; b.Add(path, 0o644, []byte("x")); return b.Commit() },
		"MkdirAll": func() error {
			_ = os.Remove(filepath.Join(dir, "d"))
			return durable.MkdirAll(filepath.Join(dir, "d"), 0o755)
		},
		"Remove": func() error { _ = os.WriteFile(path, nil, 0o644); return durable.Remove(path) },
		"OpenLog": func() error {
			l, err := durable.OpenLog(filepath.Join(dir, "log"), 0o600)
			if err == nil {
				err = l.Close()
			}
			return err
		},
	}
	for cause, tolerated := range map[error]bool{
		syscall.EINVAL: true, syscall.ENOTSUP: true, syscall.EBADF: true, syscall.EACCES: true, syscall.EPERM: true, syscall.ENOSYS: true,
		&fs.PathError{Op: "open", Path: dir, Err: syscall.EACCES}: true,
		syscall.EIO: false, syscall.ENOSPC: false, syscall.EROFS: false, syscall.ENOENT: false,
	} {
		for name, write := range writes {
			restore := durable.SetHook(func(s durable.Step) error {
				if s.Op == durable.SyncDir {
					return cause
				}
				return nil
			})
			err := write()
			restore()
			if tolerated && err != nil || !tolerated && (!errors.Is(err, cause) || !strings.Contains(err.Error(), dir)) {
				t.Errorf("%s where the folder's sync says %q: %v", name, cause, err)
			}
		}
	}
	// A file whose content can't be synced is never taken for written, whatever the answer.
	restore := durable.SetHook(func(s durable.Step) error {
		if s.Op == durable.Sync {
			return syscall.EINVAL
		}
		return nil
	})
	defer restore()
	if err := durable.WriteBytes(path, 0o644, []byte("x")); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a file that isn't on the disk: %v", err)
	}
}

func TestMkdirAll(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "outbox", "产业局")
	steps := durabletest.Steps(func() {
		for range 2 {
			if err := durable.MkdirAll(deep, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	})
	want := []durable.Step{{durable.Mkdir, filepath.Dir(deep)}, {durable.SyncDir, dir}, {durable.Mkdir, deep}, {durable.SyncDir, filepath.Dir(deep)}}
	if !slices.Equal(steps, want) {
		t.Errorf("the steps are %v", steps)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{file, filepath.Join(file, "below")} {
		if err := durable.MkdirAll(bad, 0o755); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestRemove(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for _, n := range []string{"a", "b", "c"} {
		p := filepath.Join(dir, n)
		paths = append(paths, p)
		if err := os.WriteFile(p, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	durabletest.FailAt(1, syscall.EBUSY, func() { err = durable.Remove(append(paths, filepath.Join(dir, "never there"))...) })
	if !errors.Is(err, syscall.EBUSY) || !strings.Contains(err.Error(), paths[1]) {
		t.Error(err)
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 1 || left[0].Name() != "b" {
		t.Errorf("left: %v", left)
	}
	steps := durabletest.Steps(func() { err = durable.Remove(paths...) })
	if err != nil || steps[len(steps)-1] != (durable.Step{Op: durable.SyncDir, Path: dir}) {
		t.Errorf("%v %v", steps, err)
	}
}

func TestLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	l, err := durable.OpenLog(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := errors.Join(l.Append([]byte("one\n")), l.Sync()); err != nil {
		t.Fatal(err)
	}
	durabletest.FailAt(0, &durable.Torn{After: 2, Err: syscall.ENOSPC}, func() { err = l.Append([]byte("two\n")) })
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), path) || read(t, path) != "one\ntw" {
		t.Errorf("a torn line: %v, %q", err, read(t, path))
	}
	if err := l.Cut(4); err != nil || read(t, path) != "one\n" {
		t.Errorf("cut: %v, %q", err, read(t, path))
	}
	if err := l.Append([]byte("two\n")); err != nil || read(t, path) != "one\ntwo\n" {
		t.Errorf("after the cut: %v, %q", err, read(t, path))
	}
	text, err := io.ReadAll(l.Reader())
	size, serr := l.Size()
	if err != nil || serr != nil || string(text) != "one\ntwo\n" || size != 8 {
		t.Errorf("%q %d %v %v", text, size, err, serr)
	}
	for op, do := range map[durable.Op]func() error{durable.Sync: l.Sync, durable.Cut: func() error { return l.Cut(0) }} {
		if at := durabletest.FailAt(0, syscall.EIO, func() { err = do() }); at == nil || at.Op != op || !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: %v %v", op, at, err)
		}
	}
}

// TestDiscardTriesAgain: a file that can't be removed for a moment doesn't stay beside what took its place.
func TestDiscardTriesAgain(t *testing.T) {
	dir := t.TempDir()
	s, err := durable.Stage(dir, 0o644, func(io.Writer) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	at := durabletest.FailAt(1, syscall.EBUSY, func() { err = s.PlaceNew(filepath.Join(dir, "receipt")) })
	if err != nil || at == nil || at.Op != durable.Delete {
		t.Fatalf("%v, %v", at, err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "receipt" {
		t.Errorf("%v, %v", left, err)
	}
}
