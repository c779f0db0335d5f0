package main

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/queries"
)

// TestScale holds a large zone, which comes through its inbox, to what it may cost: one correction at least ten times less
// than a rebuild, the models little more than the plain SELECTs, answers within their limits. Costs of
// computing are compared within one run, since machines differ. Size as in bigSize.
func TestScale(t *testing.T) {
	if os.Getenv("TAIZHANG_TEST_SCALE") == "" {
		t.Skip("takes minutes: make test-scale")
	}
	ctx := context.Background()
	z, big := bigZone(t)
	newest := big.newest("problem", z.Location)
	var corrections []time.Duration
	for i := range 5 {
		if err := big.drop(z, newest, int(time.Now().UnixNano()%1_000_000)+i); err != nil {
			t.Fatal(err)
		}
		big.now++
		at := warehousetest.CPU()
		if out := big.run(t, z, office.Options{}); !out.Published || len(out.Reports) != 1 {
			t.Fatal("the correction wasn't published")
		}
		corrections = append(corrections, warehousetest.CPU()-at)
	}
	slices.Sort(corrections)
	correction := corrections[len(corrections)/2]
	t.Logf("a correction, from drop to published figures: %v of CPU", correction)
	if limit := 3 * time.Second; correction > limit {
		t.Errorf("a correction costs %v of CPU, more than %v", correction, limit)
	}
	at := time.Now()
	if out := big.run(t, z, office.Options{}); out.Published {
		t.Error("published although nothing was new")
	}
	if took := time.Since(at); took > 200*time.Millisecond {
		t.Errorf("a run with nothing new took %v", took)
	}
	for _, q := range bigQuestions(z) {
		took := quickest(func() {
			readPublished(t, z, func(r *queries.Reader) (int, error) {
				f, err := r.Metrics(ctx, q.ask)
				return len(f), err
			})
		})
		t.Logf("%s: %v", q.name, took)
		if took > q.limit {
			t.Errorf("%s took %v, more than %v", q.name, took, q.limit)
		}
	}
	took := quickest(func() {
		readPublished(t, z, func(r *queries.Reader) (int, error) {
			rows, err := r.Trace(ctx, bigTrace)
			return len(rows), err
		})
	})
	t.Logf("trace: %v", took)
	if took > time.Second {
		t.Errorf("a trace took %v", took)
	}
	best, limit := 1e9, 1.5
	if _, rows := bigSize(); rows < 1_000_000 { // what doesn't depend on the rows, such as checks of small tables, weighs more
		limit = 2
	}
	for range 3 {
		built, plain := buildTwice(t, z)
		best = min(best, float64(built)/float64(plain))
	}
	t.Logf("models: %.2f times their plain SELECTs", best)
	if best > limit {
		t.Errorf("building the models costs %.2f times their plain SELECTs, more than %v", best, limit)
	}
	cpu := warehousetest.CPU()
	big.rebuild(t, z)
	cpu = warehousetest.CPU() - cpu
	t.Logf("rebuild: %v of CPU, %.0f corrections", cpu, float64(cpu)/float64(correction))
	if cpu < 10*correction {
		t.Errorf("a rebuild costs %v of CPU, a correction %v: less than ten times as much", cpu, correction)
	}
}

// quickest is the time of the quickest of three runs.
func quickest(f func()) time.Duration {
	best := time.Hour
	for range 3 {
		at := time.Now()
		f()
		best = min(best, time.Since(at))
	}
	return best
}
