//go:build linux

package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse/warehousetest"
)

// cost is what a command of its own process took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // bytes
}

// took runs a command, which has to succeed.
func took(t *testing.T, args ...string) cost {
	t.Helper()
	began := time.Now()
	c, log := start(t, args...)
	ended, peak := make(chan error, 1), int64(0)
	go func() { ended <- c.Wait() }()
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case err := <-ended:
			tick.Stop()
			if err != nil {
				t.Fatalf("taizhang %v: %v\n%.2000s", args, err, log)
			}
			return cost{time.Since(began), c.ProcessState.UserTime() + c.ProcessState.SystemTime(), peak}
		case <-tick.C: // what the system says of an ended process is not less than what this one had when it started it
			peak = max(peak, residentMostOf(c.Process.Pid))
		}
	}
}

// least is the measurement of three that took the least processor time.
func least(t *testing.T, before func(), args func() []string) cost {
	t.Helper()
	var all []cost
	for range 3 {
		before()
		all = append(all, took(t, args()...))
	}
	return slices.MinFunc(all, func(a, b cost) int { return int(a.cpu - b.cpu) })
}

const goalsColumns = 11

// TestGoals measures the commands of offices of two sizes (TAIZHANG_BENCH_GOALS=50000,5000000 typed rows, which come through
// their inboxes), each as the process that a user starts, and writes that into docs/benchmarks.md: make bench-goals.
func TestGoals(t *testing.T) {
	sizes := os.Getenv("TAIZHANG_BENCH_GOALS")
	if sizes == "" {
		t.Skip("takes minutes: make bench-goals")
	}
	lines, first := map[int64]string{}, time.Duration(0)
	for _, size := range strings.Split(sizes, ",") {
		rows, err := strconv.Atoi(size)
		if err != nil {
			t.Fatal(err)
		}
		big := sizedInbox(rows/250, rows)
		z := big.zone(t, t.TempDir())
		cpu := warehousetest.CPU()
		big.run(t, z, office.Options{Deliver: big.deliver(z)})
		intake := warehousetest.CPU() - cpu
		nothing, at := func() {}, func(args ...string) func() []string {
			return func() []string { return append(args, "--zone", z.Dir) }
		}
		version := 0
		correction := least(t, func() {
			version++
			big.now++
			if err := big.drop(z, big.newest("problem", z.Location), version); err != nil {
				t.Fatal(err)
			}
		}, func() []string {
			return []string{"run", "--zone", z.Dir, "--received-at", big.clock(z)().Format(time.RFC3339)}
		})
		times := "–" // nothing beside it
		if first > 0 {
			times = fmt.Sprintf("%.1f", float64(correction.cpu)/float64(first))
		} else {
			first = correction.cpu
		}
		build := took(t, "models", "run", "--full", "--zone", z.Dir)
		metrics := least(t, nothing, at("metrics"))
		summary := least(t, nothing, at("summary", "-o", z.Dir+"/one.xlsx"))
		seconds := func(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()) }
		actual := int64(big.units * returnsPerUnit * big.rows)
		cells := []string{fmt.Sprint(actual), fmt.Sprint(big.units * returnsPerUnit), fmt.Sprintf("%.0f", intake.Seconds()), seconds(build.cpu), fmt.Sprint(build.peak >> 20),
			seconds(correction.cpu), times, fmt.Sprint(metrics.cpu.Milliseconds()),
			seconds(summary.cpu) + " (" + seconds(summary.wall) + ")", fmt.Sprint(summary.peak >> 20), tooltest.Measured()}
		lines[actual] = "| " + strings.Join(cells, " | ") + " |\n"
		t.Log(lines[actual])
	}
	tooltest.Section(t, "../../docs/benchmarks.md", "## What an office's commands cost", func(was string) string {
		for line := range strings.Lines(was) { // those of other sizes stay
			cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
			if rows, err := strconv.ParseInt(strings.TrimSpace(cells[0]), 10, 64); err == nil && len(cells) == goalsColumns && lines[rows] == "" {
				lines[rows] = line
			}
		}
		text := "Written by `make bench-goals`: generated zones of units that hand in all sixteen forms for two years, CSV files of their inboxes; `models run --full`, a correction of a ledger (`run`, from the file in the inbox " +
			"to the published figures; × of the first size of the same measurement), `metrics` and `summary -o`, each as a process of its own; the least of three. Seconds and milliseconds are of processors, " +
			"in brackets by the clock, which says little under load; MiB are what was resident at most. Goals: with 5,000,000 rows a full build within 40 s and 1,500 MiB, a correction within 1.5 s and 3 ×, a summary within 1.5 s and 300 MiB.\n\n" +
			"| typed rows | returns | taken in, s | full build, s | MiB | correction, s | × | metrics, ms | summary, s (clock) | MiB | measured |\n" + strings.Repeat("|---", goalsColumns) + "|\n"
		for _, rows := range slices.Sorted(maps.Keys(lines)) {
			text += lines[rows]
		}
		return text
	})
}
