package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCopiedProgramRebuildsNothing: the figures depend on what the program is, not on where its file lies and when it was
// written: an update that brings the same program, a copy or a restored backup finds nothing to do. Another program does, and
// its rebuild doesn't claim that the figures are those of the program before.
func TestCopiedProgramRebuildsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("copies the program")
	}
	dir := t.TempDir()
	zone := filepath.Join(dir, "zone")
	if code, _, log := program(t, "init", zone, "--name", "示范区"); code != 0 {
		t.Fatal(log)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	place := func(name string, content []byte) string {
		path := filepath.Join(dir, name, "taizhang.exe")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	do := func(exe, command string) string {
		t.Helper()
		cmd := exec.Command(exe, command, "--zone", zone)
		cmd.Env = append(os.Environ(), "TAIZHANG_AS_PROGRAM=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	run := func(exe string) string { return do(exe, "run") }
	published := func() (stamp struct {
		At   time.Time `json:"published_at"`
		File string    `json:"program_file"`
	}) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(zone, "published", "publication.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &stamp); err != nil {
			t.Fatal(err)
		}
		return stamp
	}
	one := place("one", content)
	if out := run(one); !strings.Contains(out, "Published") {
		t.Fatalf("nothing was published:\n%s", out)
	}
	first := published()
	same := func(what, exe string) {
		t.Helper()
		before := published()
		if out := run(exe); !strings.Contains(out, "Nothing new") || !published().At.Equal(first.At) {
			t.Errorf("%s built the figures anew:\n%s", what, out)
		}
		if published().File == before.File {
			t.Errorf("%s isn't noted: it would be read again by every run", what)
		}
	}
	same("a copied program", place("two", content))
	later := time.Now().Add(-time.Hour)
	if err := os.Chtimes(one, later, later); err != nil {
		t.Fatal(err)
	}
	same("a touched program", one)
	if out := run(place("three", append(content, "another build"...))); !strings.Contains(out, "Published") {
		t.Errorf("another program kept the figures:\n%s", out)
	}
	// What a rebuild says of the comparison: the same program compares, another says that it can't and why.
	four := place("four", append(content, "yet another build"...))
	for _, want := range []string{
		"Rebuilt from the archive and published. Not compared: there was no publication yet, or it was made from other returns or declarations, on another day or by another version of the program.",
		"Rebuilt from the archive; the figures are the same.",
	} {
		if out := do(four, "rebuild"); !strings.Contains(out, want) {
			t.Errorf("a rebuild says\n%s\nwithout %q", out, want)
		}
	}
}
