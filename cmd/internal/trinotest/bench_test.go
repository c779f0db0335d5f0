//go:build linux

package trinotest

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"taizhang/internal/engine"
	"taizhang/internal/tooltest"
)

// benchWorkers is up to how many workers TestScaleTrino goes: what one machine of 24 GiB holds beside DuckDB.
const benchWorkers = 3

// TestScaleTrino builds all models of a large zone on Trino, by one, two and three workers, and writes what that took into
// docs/benchmarks.md: the clock, the processor time of all nodes, and what they held. All of them share this machine, so more
// workers are no faster than its processors allow. TAIZHANG_BENCH_TRINO is the number of rows.
func TestScaleTrino(t *testing.T) {
	rows, _ := strconv.Atoi(os.Getenv("TAIZHANG_BENCH_TRINO"))
	if rows == 0 {
		t.Skip("make bench-scale-trino asks for it (ROWS=1000000)")
	}
	publication := large(t, rows)
	table := ""
	for workers := 1; workers <= benchWorkers; workers++ {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			c := startCluster(t, workers)
			l := load(t, c, "large", "NONE", publication)
			before, began := c.cpu(), time.Now()
			most := int64(0)
			b, err := l.trino.Build(t.Context(), l.plan, func(engine.Step) { most = max(most, c.memory()) })
			if err != nil {
				t.Fatal(err)
			}
			line := fmt.Sprintf("| %d | %d | %.0f | %.0f | %d | %s |", rows, workers, time.Since(began).Seconds(), (c.cpu() - before).Seconds(), max(most, c.memory())>>20, tooltest.Measured())
			t.Log(line)
			table += line + "\n"
			l.sameModels(t, b)
		})
	}
	tooltest.Section(t, "../../../docs/benchmarks.md", "## The same on Trino", func(string) string {
		return fmt.Sprintf("Written by `make bench-scale-trino`: all models and checks of a generated zone on Trino %s, every model compared with DuckDB's row by row. Coordinator and workers are processes of one machine with %d cores, "+
			"so this says what a build costs and holds there, not how much faster several machines are.\n\n"+
			"| rows | workers | clock, s | processors, s | nodes hold, MiB | measured |\n|---|---|---|---|---|---|\n", version, runtime.NumCPU()) + table
	})
}

// cpu is the processor time that all nodes have taken.
func (c *cluster) cpu() (sum time.Duration) {
	const tick = 10 * time.Millisecond // of Linux, for /proc
	for _, n := range c.nodes {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", n.cmd.Process.Pid))
		if err != nil {
			continue
		}
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:])) // from the third on
		if len(fields) < 13 {
			continue
		}
		for _, f := range fields[11:13] {
			if ticks, err := strconv.ParseInt(f, 10, 64); err == nil {
				sum += time.Duration(ticks) * tick
			}
		}
	}
	return sum
}
