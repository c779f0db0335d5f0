package queries

import (
	"context"
	"math/big"
	"math/rand/v2"
	"sort"
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
)

// TestTraceGivesTheFigure: for every metric and every group of every
// dimension the figure follows from its traced rows alone.
func TestTraceGivesTheFigure(t *testing.T) {
	tooltest.Thorough(t)
	ctx := context.Background()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := randomReader(t, seed)
	if err := r.Catalogue.Check(ctx, r.db.Conn); err != nil {
		t.Fatal(err)
	}
	past := warehouse.Point{AsOf: calendar.NewDate(2022, 6, 12), KnownAt: time.Date(2022, 6, 20, 12, 0, 0, 0, r.loc)}
	pick := rand.New(rand.NewPCG(seed, 1))
	for all, p := range map[bool]warehouse.Point{true: {}, false: past} {
		nonzero := 0
		for _, m := range r.Catalogue.Metrics {
			for _, by := range append([]string{""}, m.Dimensions...) {
				a := Ask{Metrics: []string{m.ID}, Point: p}
				if !all && pick.IntN(12) > 0 {
					continue // the past is slower: a sample
				}
				if by != "" {
					a.By = []string{by}
				}
				figs, err := r.Metrics(ctx, a)
				if err != nil {
					t.Fatal(err)
				}
				pick.Shuffle(len(figs), func(i, j int) { figs[i], figs[j] = figs[j], figs[i] })
				for _, f := range figs[:min(len(figs), 1)] {
					ask := Ask{Metrics: []string{m.ID}, Point: p, Where: map[string]string{}}
					for _, d := range f.Dims {
						ask.Where[d.Dimension] = ""
						if d.Value != nil {
							ask.Where[d.Dimension] = *d.Value
						}
					}
					rows, err := r.Trace(ctx, ask)
					if err != nil {
						t.Fatal(err)
					}
					if got, want := recompute(m, rows), f.Value; !sameNumber(got, want) {
						t.Fatalf("%s %v at %v: figure %v, trace of %d rows gives %v", m.ID, ask.Where, p, want, len(rows), got)
					}
					if len(rows) > 0 {
						nonzero++
					}
				}
			}
		}
		t.Logf("%v: %d figures with rows", p, nonzero)
	}
}

func recompute(m *metric.Metric, rows []TraceRow) any {
	sum, den := new(big.Rat), new(big.Rat)
	var days []float64
	for _, row := range rows {
		if n := result.Number(row.Contributes); n != nil {
			sum.Add(sum, n)
			f, _ := n.Float64()
			days = append(days, f)
		}
		if n := result.Number(row.ContributesDen); n != nil {
			den.Add(den, n)
		}
	}
	switch {
	case m.IsRatio() && den.Sign() == 0:
		return nil
	case m.IsRatio():
		f, _ := new(big.Rat).Quo(sum, den).Float64()
		return f
	case m.Value.Agg == "median":
		if len(days) == 0 {
			return nil
		}
		sort.Float64s(days)
		return (days[(len(days)-1)/2] + days[len(days)/2]) / 2
	}
	f, _ := sum.Float64()
	return f
}

func sameNumber(a, b any) bool {
	x, y := result.Float(a), result.Float(b)
	if x == nil || y == nil {
		return x == y
	}
	return *x == *y
}
