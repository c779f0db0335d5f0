package queries

import (
	"context"
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// benchZone is about 100,000 raw rows of history.
func benchZone(b *testing.B) func(*warehouse.DB) {
	return func(db *warehouse.DB) { warehousetest.Random{Seed: 1, Rows: 280}.Fill(b, db) }
}

func BenchmarkReader(b *testing.B) {
	ctx := context.Background()
	r := open(b, warehousetest.Publish(b, "2022-08-15", time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC), benchZone(b)))
	past := warehouse.Point{AsOf: calendar.NewDate(2022, 6, 12), KnownAt: time.Date(2022, 6, 20, 12, 0, 0, 0, r.loc)}
	for name, a := range map[string]Ask{
		"headline": {}, "headline-past": {Point: past},
		"by-street": {Metrics: []string{"closure_rate"}, By: []string{"street"}},
		"by-week":   {Metrics: []string{"closure_rate"}, By: []string{"week"}},
	} {
		b.Run(name, func(b *testing.B) {
			start := warehousetest.CPU()
			for b.Loop() {
				if err := r.forget(ctx); err != nil { // a benchmark pays for what is restated each time
					b.Fatal(err)
				}
				if _, err := r.Metrics(ctx, a); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((warehousetest.CPU()-start).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
	b.Run("trace", func(b *testing.B) {
		for b.Loop() {
			if _, err := r.Trace(ctx, Ask{Metrics: []string{"closure_rate"}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
