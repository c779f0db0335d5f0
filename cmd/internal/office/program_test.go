package office

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func see(path string) *executable { return &executable{path: path, mark: markOf(path)} }

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestIdentityIsContent: a copied or touched program is the same one; another, even of the same size and time, is not.
func TestIdentityIsContent(t *testing.T) {
	dir := t.TempDir()
	one := write(t, filepath.Join(dir, "one"), "program 1")
	first := see(one).identify(identity{})
	if first.Program == "" || first.ProgramFile == "" {
		t.Fatalf("identity %+v", first)
	}
	copied := see(write(t, filepath.Join(dir, "copy"), "program 1")).identify(first)
	if copied.Program != first.Program {
		t.Errorf("a copy is %q, not %q", copied.Program, first.Program)
	}
	when := time.Now().Add(time.Hour)
	if err := os.Chtimes(one, when, when); err != nil {
		t.Fatal(err)
	}
	if touched := see(one).identify(first); touched.Program != first.Program || touched.ProgramFile == first.ProgramFile {
		t.Errorf("touched: %+v, was %+v", touched, first)
	}
	other := write(t, filepath.Join(dir, "other"), "program 2")
	if err := os.Chtimes(other, when, when); err != nil {
		t.Fatal(err)
	}
	if got := see(other).identify(first); got.Program == first.Program {
		t.Error("another program has the same identity")
	}
}

// TestIdentityOfTheRunningProgram: a file replaced under a running program doesn't lend it its identity.
func TestIdentityOfTheRunningProgram(t *testing.T) {
	dir := t.TempDir()
	path := write(t, filepath.Join(dir, "one"), "program 1")
	old := see(path)
	before := old.identify(identity{})
	write(t, path, "a newer program")
	if got := old.identify(identity{}); got != before {
		t.Errorf("after its file was replaced it is %+v, not %+v", got, before)
	}
	late := see(path) // looks at its file, and is replaced before that is read
	write(t, path, "the newest program")
	if got, next := late.identify(identity{}), see(path).identify(identity{}); got.Program == next.Program || got.Program == "" {
		t.Errorf("replaced before it was read: %+v, the next is %+v", got, next)
	}
	gone := see(filepath.Join(dir, "gone"))
	if got := gone.identify(before); got != (identity{}) {
		t.Errorf("no file: %+v", got)
	}
}

// TestIdentityIsNotReadAgain: where path, size and time are known, the program of 80 MB isn't read.
func TestIdentityIsNotReadAgain(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "one"), "program 1")
	known := identity{Program: "as told", ProgramFile: markOf(path)}
	if got := see(path).identify(known); got != known {
		t.Errorf("identity %+v, want what is known: %+v", got, known)
	}
}
