package transform

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// bigSize is the size of the generated warehouse: TAIZHANG_BENCH_ROWS (default 100,000; the acceptance size is
// 5,000,000) in TAIZHANG_BENCH_RETURNS returns (default 784, a unit's two years; acceptance: 20,000).
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

// bigWarehouse generates the warehouse on disk.
func bigWarehouse(b *testing.B) (*warehouse.DB, warehousetest.Big) {
	b.Helper()
	dir := os.Getenv("TAIZHANG_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	db, err := warehouse.Open(filepath.Join(dir, "warehouse.duckdb"), warehouse.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	big := warehousetest.Sized(bigSize())
	start := time.Now()
	warehousetest.Fill(b, db)
	big.Fill(b, db)
	warehousetest.Run(b, db, "2023-12-18", time.Date(2023, 12, 18, 18, 0, 0, 0, time.UTC), "2023-01-01")
	if err := db.Checkpoint(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.Logf("generated in %v", time.Since(start))
	return db, big
}

// BenchmarkCorrection builds all models after one corrected return.
func BenchmarkCorrection(b *testing.B) {
	ctx := context.Background()
	db, big := bigWarehouse(b)
	build := func() Result {
		if err := warehouse.Begin(ctx, db.Conn); err != nil {
			b.Fatal(err)
		}
		res, err := Run(ctx, db.Conn, Options{})
		if err == nil {
			err = res.Err()
		}
		if err != nil {
			b.Fatal(err)
		}
		if err := warehouse.Commit(ctx, db.Conn); err != nil {
			b.Fatal(err)
		}
		return res
	}
	cpu, start := warehousetest.CPU(), time.Now()
	first := build()
	b.Logf("first build: %v, CPU %v", time.Since(start), warehousetest.CPU()-cpu)
	for _, m := range first.Models {
		if m.Took > 100*time.Millisecond {
			b.Logf("  %-32s %v", m.Name, m.Took)
		}
	}
	cpu = 0
	for b.Loop() {
		b.StopTimer()
		big.Correct(b, db, "problem")
		b.StartTimer()
		at := warehousetest.CPU()
		res := build()
		cpu += warehousetest.CPU() - at
		for _, m := range res.Models {
			if m.Took > 50*time.Millisecond {
				b.Logf("  %-32s %v", m.Name, m.Took)
			}
		}
	}
	b.ReportMetric(float64(cpu.Milliseconds())/float64(b.N), "cpu-ms/op")
}
