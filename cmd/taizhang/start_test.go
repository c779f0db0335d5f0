package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// starting runs `taizhang version` as a process of its own.
func starting(t testing.TB, env ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "version")
	cmd.Env = append(append(os.Environ(), "TAIZHANG_AS_PROGRAM=1"), env...)
	return cmd
}

// atStart is how many allocations a package of ours may make before main. The count doesn't depend on the machine, as a
// time would.
const atStart = 340

// TestStartMakesLittle: every command, also one that reads a single figure, pays for what packages make before main.
// Regular expressions and templates are made when they are first needed (sync.OnceValue).
func TestStartMakesLittle(t *testing.T) {
	out, err := starting(t, "GODEBUG=inittrace=1").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := regexp.MustCompile(`(?m)^init (taizhang/\S+|main) .* (\d+) allocs$`).FindAllStringSubmatch(string(out), -1)
	if len(lines) < 8 {
		t.Fatalf("only %d packages of ours are initialised:\n%s", len(lines), out)
	}
	for _, m := range lines {
		name := m[1]
		if strings.HasSuffix(name, "/cmd/taizhang") || name == "main" { // this test's own variables stand there too
			continue
		}
		if n, err := strconv.Atoi(m[2]); err != nil || n > atStart {
			t.Errorf("%s makes %s things before main, at most %d are allowed (%v)", name, m[2], atStart, err)
		}
	}
}

// BenchmarkStart is the processor time of the shortest command, as a process.
func BenchmarkStart(b *testing.B) {
	least := 0.0
	total := 0.0
	for b.Loop() {
		cmd := starting(b)
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		ms := float64((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Microseconds()) / 1000
		total += ms
		if least == 0 || ms < least {
			least = ms
		}
	}
	b.ReportMetric(total/float64(b.N), "cpu-ms/op")
	b.ReportMetric(least, "least-cpu-ms")
}

// TestCPUProfile: the hidden flag leaves a profile, also of a command that fails.
func TestCPUProfile(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"status", "--zone", t.TempDir()}} {
		file := filepath.Join(t.TempDir(), "cpu.pprof")
		program(t, append(args, "--cpuprofile", file)...)
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("taizhang %v: no profile: %v", args, err)
		}
	}
	if code, _, log := program(t, "version", "--cpuprofile", filepath.Join(t.TempDir(), "no", "such", "folder")); code != exitUsage {
		t.Errorf("a profile that can't be written: exit code %d, %s", code, log)
	}
}
