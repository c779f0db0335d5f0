//go:build linux

package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFullDisk runs in zones on small disks: whatever fails for want of room, no good return is rejected; room made, the
// next run ends where an undisturbed one does. It needs the right to mount.
func TestFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	calm := crashZone(t)
	if code, _, log := program(t, "run", "--zone", calm, "--received-at", crashReceived); code != 3 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	want := state(t, calm)
	full := 0
	for _, kb := range []int{700, 1400, 3000} {
		zone := t.TempDir()
		mount := func(options string) error {
			out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "none", zone).CombinedOutput()
			if err != nil {
				return fmt.Errorf("%w: %s", err, out)
			}
			return nil
		}
		if err := mount(fmt.Sprintf("size=%dk", kb)); err != nil {
			t.Skip("no right to mount: ", err)
		}
		t.Cleanup(func() { _ = exec.Command("umount", zone).Run() })
		if out, err := exec.Command("cp", "-a", crashZone(t)+"/.", zone).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		what := fmt.Sprintf("%d KB", kb)
		for range 5 { // more often than a file that ends the program is tried
			code, _, log := program(t, "run", "--zone", zone, "--received-at", crashReceived)
			if code == 3 {
				continue // there was room enough
			}
			full++
			if code != 1 || !strings.Contains(log, "the disk is full: make room on it") {
				t.Errorf("%s: exit code %d\n%s", what, code, log)
			}
		}
		if err := mount("remount,size=100m"); err != nil {
			t.Fatal(err)
		}
		finish(t, zone, want, what)
		for _, f := range files(t, filepath.Join(zone, "outbox")) {
			if strings.Contains(f, "退回") && !strings.Contains(f, "缩水") && !strings.Contains(f, "不知何表") {
				t.Errorf("%s: %s", what, f)
			}
		}
	}
	if full < 2 {
		t.Errorf("only %d runs found the disk full", full)
	}
}
