package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"taizhang/queries/fence"
)

// TestMain lets the test binary be the program: for scripts, for processes that are killed, and for fenced queries.
func TestMain(m *testing.M) {
	sleep = func(time.Duration) {}
	if len(os.Args) > 1 && os.Args[1] == fence.ChildCommand {
		os.Exit(fence.ChildMain())
	}
	if os.Getenv("TAIZHANG_AS_PROGRAM") != "" {
		os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	testscript.Main(cleaned{m}, map[string]func(){
		"taizhang": func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

type cleaned struct{ m *testing.M }

func (c cleaned) Run() int {
	code := c.m.Run()
	if sharedDemo.dir != "" {
		_ = os.RemoveAll(sharedDemo.dir)
	}
	return code
}

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
