package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/queries"
	"taizhang/transform"
)

// The size of the generated warehouse: TAIZHANG_BENCH_ROWS typed rows (default 100,000; the acceptance size is
// 5,000,000) in TAIZHANG_BENCH_RETURNS returns (default 784, a unit's two years; acceptance: 20,000).
// TAIZHANG_BENCH_DIR keeps it for the next time.
func bigSize() (returns, rows int) {
	returns, rows = 784, 100_000
	if n, err := strconv.Atoi(os.Getenv("TAIZHANG_BENCH_RETURNS")); err == nil {
		returns = n
	}
	if n, err := strconv.Atoi(os.Getenv("TAIZHANG_BENCH_ROWS")); err == nil {
		rows = n
	}
	return returns, rows
}

// bigWarehouse generates the warehouse on disk and builds everything once.
func bigWarehouse(b *testing.B) (path string, big warehousetest.Big) {
	b.Helper()
	dir := os.Getenv("TAIZHANG_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	path = filepath.Join(dir, "warehouse.duckdb")
	big = warehousetest.Sized(bigSize())
	_, err := os.Stat(path)
	fresh := err != nil
	db, err := warehouse.Open(path, warehouse.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	start := time.Now()
	if fresh {
		warehousetest.Fill(b, db)
		big.Fill(b, db)
		warehousetest.Run(b, db, "2023-12-18", time.Date(2023, 12, 18, 18, 0, 0, 0, time.UTC), "2023-01-01")
	} else if err := warehouse.Schema(context.Background(), db.Conn); err != nil {
		b.Fatal(err)
	}
	generated := time.Since(start)
	cpu, start := warehousetest.CPU(), time.Now()
	buildAll(b, db)
	b.Logf("generated in %v, first build %v, CPU %v", generated, time.Since(start), warehousetest.CPU()-cpu)
	if err := db.Checkpoint(context.Background()); err != nil {
		b.Fatal(err)
	}
	return path, big
}

// buildAll is what a run does between intake and publication.
func buildAll(b *testing.B, db *warehouse.DB) {
	b.Helper()
	ctx := context.Background()
	if err := warehouse.Begin(ctx, db.Conn); err != nil {
		b.Fatal(err)
	}
	cpu := warehousetest.CPU()
	res, err := transform.Run(ctx, db.Conn, transform.Options{})
	if err == nil {
		err = res.Err()
	}
	if err != nil {
		b.Fatal(err)
	}
	models := warehousetest.CPU() - cpu
	stats, err := queries.BuildMarts(ctx, db.Conn, queries.MartOptions{})
	if err != nil {
		b.Fatal(err)
	}
	all := warehousetest.CPU() - cpu
	if err := warehouse.Commit(ctx, db.Conn); err != nil {
		b.Fatal(err)
	}
	b.Logf("CPU: models %v, marts %v (%+v), commit %v", models, all-models, stats, warehousetest.CPU()-cpu-all)
	if os.Getenv("TAIZHANG_BENCH_MODELS") != "" {
		for _, m := range res.Models {
			if m.Took > 20*time.Millisecond {
				b.Logf("  %-8s %-32s %v", m.Action, m.Name, m.Took)
			}
		}
	}
}

// BenchmarkBig measures what the acceptance figures are about, on one warehouse.
func BenchmarkBig(b *testing.B) {
	path, big := bigWarehouse(b)
	b.Run("correction", func(b *testing.B) {
		var cpu time.Duration
		db, err := warehouse.Open(path, warehouse.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		for b.Loop() {
			b.StopTimer()
			big.Correct(b, db, "problem")
			b.StartTimer()
			at := warehousetest.CPU()
			buildAll(b, db)
			cpu += warehousetest.CPU() - at
		}
		b.ReportMetric(float64(cpu.Milliseconds())/float64(b.N), "cpu-ms/op")
		if err := db.Checkpoint(context.Background()); err != nil {
			b.Fatal(err)
		}
	})
	past := queries.Point{AsOf: calendar.NewDate(2023, 6, 25), KnownAt: time.Date(2023, 7, 1, 12, 0, 0, 0, time.UTC)}
	for name, ask := range map[string]queries.Ask{
		"headline":        {},
		"by-street":       {Metrics: []string{"closure_rate"}, By: []string{"street"}},
		"by-week":         {Metrics: []string{"closure_rate"}, By: []string{"week"}},
		"past-headline":   {Point: past},
		"past-by-street":  {Metrics: []string{"closure_rate"}, By: []string{"street"}, Point: past},
		"past-incentives": {Metrics: []string{"incentive_paid"}, By: []string{"month"}, Point: past},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				read(b, path, func(ctx context.Context, r *queries.Reader) (int, error) {
					f, err := r.Metrics(ctx, ask)
					return len(f), err
				})
			}
		})
	}
	b.Run("trace", func(b *testing.B) {
		n := 0
		for b.Loop() {
			read(b, path, func(ctx context.Context, r *queries.Reader) (int, error) {
				rows, err := r.Trace(ctx, queries.Ask{Metrics: []string{"problems_closed"}, Where: map[string]string{"source": "走访调研"}})
				n = len(rows)
				return n, err
			})
		}
		b.ReportMetric(float64(n), "rows")
	})
}

// read opens the file as a command does, and asks.
func read(b *testing.B, path string, f func(context.Context, *queries.Reader) (int, error)) {
	b.Helper()
	r, err := queries.Open(path, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	n, err := f(context.Background(), r)
	if err != nil || n == 0 {
		b.Fatal(n, err)
	}
}
