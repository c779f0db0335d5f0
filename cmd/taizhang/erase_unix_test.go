//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestEraseAsks: on a terminal nothing is erased before somebody says yes.
func TestEraseAsks(t *testing.T) {
	zone := eraseZone(t)
	journal := must(os.ReadFile(filepath.Join(zone, "archive/journal.jsonl")))
	p := onTerminal(t, t.TempDir(), "erase", "--zone", zone, "--person", identity(3))
	p.want("Type yes: ")
	p.keys("y\n")
	p.want("nothing was changed")
	if after := must(os.ReadFile(filepath.Join(zone, "archive/journal.jsonl"))); string(after) != string(journal) {
		t.Error("the journal has changed")
	}
	p = onTerminal(t, t.TempDir(), "erase", "--zone", zone, "--person", identity(3))
	p.want("Type yes: ")
	p.keys("yes\n")
	p.want(" removed.")
}
