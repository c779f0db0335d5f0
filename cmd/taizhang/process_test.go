package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"taizhang/internal/warehouse"
	"testing"
	"time"
)

// start starts the program as a process of its own.
func start(t *testing.T, args ...string) (*exec.Cmd, *lockedBuffer) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	log := &lockedBuffer{}
	c := exec.Command(exe, args...)
	c.Env = append(os.Environ(), "TAIZHANG_AS_PROGRAM=1")
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // only what this test started
		if c.ProcessState == nil {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
	})
	return c, log
}

// waitFor waits until something holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	limit := time.Now().Add(30 * time.Second)
	for !holds() {
		if time.Now().After(limit) {
			t.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// holderOf tells who owns a zone.
func holderOf(t *testing.T, zone string) *warehouse.HeldError {
	t.Helper()
	o, err := warehouse.Lock(zone, "test")
	if err == nil {
		if err := o.Release(); err != nil {
			t.Fatal(err)
		}
		return nil
	}
	held, ok := err.(*warehouse.HeldError)
	if !ok {
		t.Fatal(err)
	}
	return held
}

// serving starts serve in a process of its own and waits until it takes work.
func serving(t *testing.T, zone string) (*exec.Cmd, *lockedBuffer, *warehouse.HeldError) {
	t.Helper()
	c, log := start(t, "serve", "--zone", zone)
	waitFor(t, "serve has done its first round", func() bool { return strings.Contains(log.String(), "Serving ") })
	held := holderOf(t, zone)
	if held == nil || held.Address == "" {
		t.Fatalf("the holder is %+v", held)
	}
	return c, log, held
}

// lockedBuffer is a buffer that is read while a process writes into it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
