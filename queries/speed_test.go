package queries

import (
	"context"
	"testing"
	"time"

	"taizhang/internal/calendar"
)

func TestSpeedProbe(t *testing.T) {
	ctx := context.Background()
	t0 := time.Now()
	r := randomReader(t, 1)
	t.Log("fixture", time.Since(t0))
	past := Point{AsOf: calendar.NewDate(2022, 6, 12), KnownAt: time.Date(2022, 6, 20, 12, 0, 0, 0, r.loc)}
	for _, a := range []Ask{{}, {}, {Point: past}, {Point: past}, {Metrics: []string{"closure_rate"}, By: []string{"street"}}, {By: []string{"week"}}, {By: []string{"week"}}, {Metrics: []string{"closure_rate"}, By: []string{"month"}}} {
		t0 = time.Now()
		f, err := r.Metrics(ctx, a)
		t.Log(a, len(f), err, time.Since(t0))
	}
	for _, a := range []Ask{{Metrics: []string{"closure_rate"}}, {Metrics: []string{"closure_rate"}, Point: past}, {Metrics: []string{"closure_rate"}, Point: past, Where: map[string]string{"street": "双马街道"}}, {Metrics: []string{"closure_rate"}, Where: map[string]string{"week": "2022-W20"}}} {
		t0 = time.Now()
		f, err := r.Trace(ctx, a)
		t.Log(a, len(f), err, time.Since(t0))
	}
}
