//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"taizhang/internal/tooltest"
)

// issuedPapers are the names of all files in summaries/ but the lists of what was done.
func issuedPapers(t *testing.T, zone string) string {
	t.Helper()
	var out []string
	for _, f := range files(t, filepath.Join(zone, "summaries")) {
		if filepath.Ext(f) != ".json" {
			out = append(out, filepath.Base(f))
		}
	}
	return strings.Join(out, "\n")
}

// TestSummaryOnAFullDisk: wherever the disk fills up, what was issued before
// stays as it was, nothing is left half-written, and the same command, given
// room, issues each paper once.
func TestSummaryOnAFullDisk(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	whole := copyOfDemo(t)
	old := filepath.Join("summaries", "湘潭高新区周报_截至2022-08-15.xlsx")
	kept, err := os.ReadFile(filepath.Join(whole, old))
	if err != nil {
		t.Fatal(err)
	}
	command(t, "summary", "--as-of", "2022-08-01", "--zone", whole)
	want := issuedPapers(t, whole)
	for _, kib := range []int{0, 250} { // at its beginning, in its middle
		zone := copyOfDemo(t)
		args := []string{"summary", "--as-of", "2022-08-01", "--zone", zone}
		c := exec.Command("sh", append([]string{"-c", fmt.Sprintf(`trap '' XFSZ; ulimit -f %d; exec "$0" "$@"`, kib*2), exe}, args...)...)
		c.Env = append(os.Environ(), "TAIZHANG_AS_PROGRAM=1")
		text, _ := c.CombinedOutput()
		if c.ProcessState.ExitCode() != exitFailed || !strings.Contains(string(text), "error: write ") || !strings.Contains(string(text), "file too large") {
			t.Errorf("%d KiB: exit code %d\n%s", kib, c.ProcessState.ExitCode(), text)
		}
		if have, err := os.ReadFile(filepath.Join(zone, old)); err != nil || !bytes.Equal(have, kept) {
			t.Errorf("%d KiB: the workbook issued before is another: %v", kib, err)
		}
		command(t, args...)
		if got := issuedPapers(t, zone); got != want {
			t.Errorf("%d KiB, then room: issued\n%s\nwant\n%s", kib, got, want)
		}
	}
}

// TestSummariesAtOnce: three who issue the same summary at once leave one set of papers.
func TestSummariesAtOnce(t *testing.T) {
	t.Parallel()
	tooltest.Thorough(t)
	zone := copyOfDemo(t)
	args := []string{"summary", "--as-of", "2022-08-01", "--zone", zone}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() { command(t, args...) })
	}
	all.Wait()
	got := issuedPapers(t, zone)
	if strings.Contains(got, "_r2") || strings.Count(got, "周报_截至2022-08-01.xlsx") != 1 {
		t.Errorf("issued\n%s", got)
	}
}

// TestSummaryTargetIsHeld: where -o can't replace a file, as while Excel has it
// open, what is there stays, and the error says which file.
func TestSummaryTargetIsHeld(t *testing.T) {
	zone := demoZone(t)
	target := filepath.Join(t.TempDir(), "周报.xlsx")
	if err := os.MkdirAll(filepath.Join(target, "held"), 0o755); err != nil { // a rename over it is refused, as Windows refuses one over an open file
		t.Fatal(err)
	}
	code, _, errs := program(t, "summary", "-o", target, "--zone", zone)
	if code != exitFailed || !strings.Contains(errs, "write "+target) {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	if left := files(t, filepath.Dir(target)); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if !exists(filepath.Join(target, "held")) {
		t.Error("what was there is gone")
	}
}
