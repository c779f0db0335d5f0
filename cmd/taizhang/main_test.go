package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"taizhang/internal/durable"
	"taizhang/queries/fence"
)

// TestMain lets the test binary be the program: for scripts, for processes that are killed, and for fenced queries.
func TestMain(m *testing.M) {
	sleep = func(time.Duration) {}
	if len(os.Args) > 1 && os.Args[1] == fence.ChildCommand {
		os.Exit(fence.ChildMain())
	}
	if os.Getenv("TAIZHANG_AS_PROGRAM") != "" {
		disturb()
		os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	testscript.Main(cleaned{m}, map[string]func(){
		"taizhang": func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// disturb ends this process before it takes the step of a number, as a kill or a power cut would, or lets that step and all
// after it fail, as a full disk would.
func disturb() {
	var n atomic.Int64
	if at, err := strconv.Atoi(os.Getenv("TAIZHANG_TEST_KILL_AT")); err == nil {
		durable.SetHook(func(durable.Step) error {
			if n.Add(1) > int64(at) {
				if p, err := os.FindProcess(os.Getpid()); err == nil {
					_ = p.Kill()
				}
				select {} // until it is
			}
			return nil
		})
	}
	if at, err := strconv.Atoi(os.Getenv("TAIZHANG_TEST_FAIL_AT")); err == nil {
		durable.SetHook(func(durable.Step) error {
			if n.Add(1) > int64(at) {
				return syscall.ENOSPC
			}
			return nil
		})
	}
}

type cleaned struct{ m *testing.M }

func (c cleaned) Run() int {
	code := c.m.Run()
	for _, dir := range append(temporary, sharedDemo.dir) {
		if dir != "" {
			_ = os.RemoveAll(dir)
		}
	}
	return code
}

// temporary are folders that outlive a test, to be removed after the last.
var temporary []string

// sharedDemo is the demo zone, made once per run of the tests. Whoever changes it copies it first.
var sharedDemo struct {
	once sync.Once
	dir  string
	log  []byte // what the demo printed
	err  error
}

// demoZone gives the folder of the shared demo zone.
func demoZone(t testing.TB) string {
	t.Helper()
	sharedDemo.once.Do(func() {
		sharedDemo.dir, sharedDemo.err = os.MkdirTemp("", "taizhang-demo-")
		if sharedDemo.err != nil {
			return
		}
		out, err := os.CreateTemp(sharedDemo.dir, "log")
		if err != nil {
			sharedDemo.err = err
			return
		}
		defer out.Close()
		code := run([]string{"demo", "-v", filepath.Join(sharedDemo.dir, "demo")}, nil, out, out)
		if sharedDemo.log, sharedDemo.err = os.ReadFile(out.Name()); sharedDemo.err == nil && code != 0 {
			sharedDemo.err = fmt.Errorf("exit code %d", code)
		}
	})
	if sharedDemo.err != nil {
		t.Fatalf("demo: %v\n%.4000s", sharedDemo.err, sharedDemo.log)
	}
	return filepath.Join(sharedDemo.dir, "demo")
}

// writeLongAgo writes a file with its folder, dated back: nobody is copying it any more.
func writeLongAgo(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, long, long); err != nil {
		t.Fatal(err)
	}
}
