//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"taizhang/internal/tooltest"
)

// ownMounts runs the test that calls it where it may mount: here, or in a process with namespaces of its own for users
// and mounts, which most systems allow anybody. True where the test is to go on here; else that process has run it. Where
// neither is allowed the test is skipped on a user's machine and fails under CI=1, so that no check is lost unseen.
func ownMounts(t *testing.T) bool {
	t.Helper()
	const marker = "TAIZHANG_TEST_OWN_MOUNTS"
	dir := t.TempDir()
	err := syscall.Mount("none", dir, "tmpfs", 0, "size=64k")
	if err == nil {
		_ = syscall.Unmount(dir, 0)
		return true
	}
	if os.Getenv(marker) != "" {
		t.Fatalf("no right to mount in a namespace of its own: %v", err)
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), marker+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}},
	}
	out, childErr := cmd.CombinedOutput()
	switch {
	case cmd.Process == nil && os.Getenv("CI") != "":
		t.Fatalf("no right to mount (%v), nor to make namespaces (%v): run the tests as root, or allow user namespaces", err, childErr)
	case cmd.Process == nil:
		t.Skipf("no right to mount (%v), nor to make namespaces (%v)", err, childErr)
	case childErr != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()):
		t.Errorf("in a process of its own: %v\n%s", childErr, out)
	}
	return false
}

// TestFullDisk runs in zones on small disks: whatever fails for want of room, no good return is rejected; room made, the
// next run ends where an undisturbed one does.
func TestFullDisk(t *testing.T) {
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if !ownMounts(t) {
		return
	}
	calm := crashZone(t)
	if code, _, log := program(t, "run", "--zone", calm, "--received-at", crashReceived); code != 3 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	want := state(t, calm)
	full := 0
	for _, size := range []string{"size=700k", "size=1400k", "size=3000k", "size=100m,nr_inodes=60"} { // the last has room, but for few files
		zone := t.TempDir()
		if err := syscall.Mount("none", zone, "tmpfs", 0, size); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(zone, 0) })
		if out, err := exec.Command("cp", "-a", crashZone(t)+"/.", zone).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		what := size
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
		if err := syscall.Mount("none", zone, "tmpfs", syscall.MS_REMOUNT, "size=100m,nr_inodes=10000"); err != nil {
			t.Fatal(err)
		}
		finish(t, zone, want, what)
		for _, f := range files(t, filepath.Join(zone, "outbox")) {
			if strings.Contains(f, "退回") && !strings.Contains(f, "缩水") && !strings.Contains(f, "不知何表") {
				t.Errorf("%s: %s", what, f)
			}
		}
	}
	if full < 3 {
		t.Errorf("only %d runs found the disk full", full)
	}
}

// TestFullDiskIsSaid: where there is no room for a byte more, what was published is still answered, who owes what too, and
// who wants more is told what to do.
func TestFullDiskIsSaid(t *testing.T) {
	if !ownMounts(t) {
		return
	}
	zone := t.TempDir()
	if err := syscall.Mount("none", zone, "tmpfs", 0, "size=16m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(zone, 0) })
	writeLongAgo(t, filepath.Join(zone, "taizhang.yaml"), "zone: 示范区\nas_of: 2026-11-23\nsubmitters:\n  - {code: cyj, name: 产业局}\nreturns:\n  - {form: problem, from: all, due: monday 12:00, since: 2026-W46}\n")
	if code, _, log := program(t, "run", "--zone", zone); code != 0 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	filler := must(os.Create(filepath.Join(zone, "filler")))
	for size := 1 << 20; size > 0; {
		if _, err := filler.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	if err := filler.Close(); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"status"}, {"metrics"}, {"returns", "list"}, {"jobs"}} {
		if code, _, log := program(t, append(command, "--zone", zone)...); code != 0 {
			t.Errorf("%v: exit code %d\n%s", command, code, log)
		}
	}
	for _, command := range [][]string{{"run"}, {"returns", "waive", "产业局", "problem", "2026-W46", "--reason", "x"}, {"summary"}} {
		code, _, log := program(t, append(command, "--zone", zone)...)
		if code != 1 || !strings.Contains(log, "no space left on device") || !strings.Contains(log, "hint: the disk is full: make room on it") {
			t.Errorf("%v: exit code %d\n%s", command, code, log)
		}
	}
}
