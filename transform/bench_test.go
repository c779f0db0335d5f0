package transform

import (
	"context"
	"testing"
	"time"

	"taizhang/internal/warehouse/warehousetest"
)

// BenchmarkRun builds all models over a history of about 100,000 raw rows.
func BenchmarkRun(b *testing.B) {
	ctx := context.Background()
	db := warehousetest.New(b)
	warehousetest.Random{Seed: 1, Rows: 280}.Fill(b, db)
	warehousetest.Run(b, db, "2022-08-15", time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC), "2022-01-01")
	start := warehousetest.CPU()
	for b.Loop() {
		res, err := Run(ctx, db.Conn, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := res.Err(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((warehousetest.CPU()-start).Milliseconds())/float64(b.N), "cpu-ms/op")
}
