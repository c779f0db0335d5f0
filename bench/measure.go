package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// usage is what a process and the processes that it waited for took.
type usage struct {
	CPU  float64 `json:"cpu"`  // seconds, user and system
	Wall float64 `json:"wall"` // seconds
	Peak float64 `json:"peak"` // MiB resident at most; 0 where the system doesn't tell
	said string  // its last line
}

// measure runs a contender as a whole process.
func (p *place) measure(c contender) (usage, error) {
	if c.before != nil {
		if err := c.before(p); err != nil {
			return usage{}, fmt.Errorf("%s: prepare: %w", c.name, err)
		}
	}
	args := c.command(p)
	cmd := exec.Command(args[0], args[1:]...)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Dir = &out, &problems, p.dir
	began := time.Now()
	err := cmd.Run()
	if cmd.ProcessState == nil {
		return usage{}, fmt.Errorf("%s: %w", c.name, err)
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 && !slices.Contains(c.codes, code) {
		return usage{}, fmt.Errorf("%s ended with %d: %s", c.name, code, tail(problems.String()))
	}
	ps := cmd.ProcessState
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	return usage{CPU: (ps.UserTime() + ps.SystemTime()).Seconds(), Wall: time.Since(began).Seconds(), Peak: peak(ps), said: lines[len(lines)-1]}, nil
}

// tail is the end of what a program said.
func tail(s string) string {
	const most = 1000
	s = strings.TrimSpace(s)
	if len(s) > most {
		s = "…" + s[len(s)-most:]
	}
	return s
}

// loadAverage is how busy the machine is with everything; 0 where the system doesn't tell.
func loadAverage() float64 {
	var load float64
	text, err := os.ReadFile("/proc/loadavg")
	if err == nil {
		_, _ = fmt.Sscan(string(text), &load)
	}
	return load
}

// commit names the tree that is measured.
func commit() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
