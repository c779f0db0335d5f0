// Package tooltest finds the programs that tests need beside Go.
//
// Words: a tool is a program on the PATH. On a user's machine a test whose tool
// is missing is skipped, by name; under CI=1 it fails, so that no check is lost
// unseen. Only tests import this package.
package tooltest

import (
	"os"
	"os/exec"
	"testing"
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
