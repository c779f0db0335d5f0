//go:build linux

package trinotest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"taizhang/internal/engine"
)

// TestScaleTrino builds all models of a large zone on Trino, by one and by two workers, and says what that took: the clock,
// the processor time of all nodes, and what they held. All of them share this machine, so two workers are no faster than its
// processors allow. TAIZHANG_BENCH_TRINO is the number of rows.
func TestScaleTrino(t *testing.T) {
	rows, _ := strconv.Atoi(os.Getenv("TAIZHANG_BENCH_TRINO"))
	if rows == 0 {
		t.Skip("make bench-scale-trino asks for it (ROWS=1000000)")
	}
	publication := large(t, rows)
	for workers := 1; workers <= 2; workers++ {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			c := startCluster(t, workers)
			l := load(t, c, "large", "NONE", publication)
			before, began := c.cpu(), time.Now()
			most := int64(0)
			b, err := l.trino.Build(t.Context(), l.plan, func(engine.Step) { most = max(most, c.memory()) })
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d rows, %d workers: all models and checks after %s, %s of processor time, %d MiB held", rows, workers,
				time.Since(began).Round(time.Second), (c.cpu() - before).Round(time.Second), max(most, c.memory())>>20)
			l.sameModels(t, b)
		})
	}
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
