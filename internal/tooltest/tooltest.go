// Package tooltest finds the programs that tests need beside Go.
//
// Words: a tool is a program on the PATH. On a user's machine a test whose tool
// is missing is skipped, by name; under CI=1 it fails, so that no check is lost
// unseen. What a benchmark measured stands in a section of docs/benchmarks.md, under
// its own head, with the day and the load of the machine. Only tests import this
// package.
package tooltest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Path gives where a tool lies. pkg is the Debian package that has it.
func Path(t testing.TB, tool, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing; install it with: apt-get install %s", tool, pkg)
	}
	t.Skipf("%s is missing; install it with: sudo apt-get install %s", tool, pkg)
	return ""
}

// Thorough marks a test that walks through all kills, steps, weeks or widths of a thing, and takes many seconds for it. go test
// -short (make test, on a user's machine) leaves it out, by name; make test-all and CI don't.
func Thorough(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("thorough: make test-all runs it")
	}
}

// Section writes a section of a Markdown document anew: what stands under head ("## The page") up to the next one of its
// level, or at the end of the document where there is none yet. change gets the text that stood there.
func Section(t testing.TB, file, head string, change func(was string) string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, was, _ := strings.Cut(string(text), "\n"+head+"\n")
	was, after, more := strings.Cut(was, "\n## ")
	out := strings.TrimRight(before, "\n") + "\n\n" + head + "\n\n" + strings.Trim(change(was), "\n") + "\n"
	if more {
		out += "\n## " + after
	}
	if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Measured says when something was measured, and how busy the machine was ("?" where the system doesn't tell).
func Measured() string {
	load, _ := os.ReadFile("/proc/loadavg")
	return time.Now().Format("2006-01-02") + ", load " + strings.Fields(string(load) + " ?")[0]
}
