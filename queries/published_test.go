package queries

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// TestPublishedFigures: what the workbook reads of the published figures is what it computes from the rows, by every
// dimension and with its coverage; over edited metrics, and at another point, nothing is read.
func TestPublishedFigures(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	ctx := context.Background()
	known := time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "zone.duckdb")
	db, err := warehouse.Open(path, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	warehousetest.Fill(t, db)
	warehousetest.Run(t, db, "2022-08-15", known, "2022-01-01")
	warehousetest.Random{Seed: seed}.Fill(t, db)
	warehousetest.BuildModels(t, db)
	warehousetest.Exec(t, db, "insert into ctl.model_state (name, version, as_of, from_on) select name, 1, date '2022-08-15', date '2022-01-01' from ctl.model")
	if _, err := BuildMarts(ctx, db.Conn, MartOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	r := open(t, path)
	w := weeklyReader{r}
	own := r.Published()
	read := 0
	for _, by := range append(r.Catalogue.dimensionNames(), "") {
		var ms []*Metric
		for _, m := range r.Catalogue.Metrics {
			if by == "" || m.Allows(by) {
				ms = append(ms, m)
			}
		}
		got, err := w.publishedFigures(ctx, own, ms, by)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(notInMart, by) {
			if got != nil {
				t.Errorf("by %s: read, though mart.metric has none", by)
			}
			continue
		}
		type key struct {
			metric, value string
			grouped       bool
		}
		have := map[key]weeklyFigure{}
		for _, f := range got {
			have[key{f.Metric, f.Key, f.Grouped}] = f
		}
		read += len(got)
		check := func(a Ask, grouped bool) {
			want, err := r.Metrics(ctx, a)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range want {
				k := key{f.Metric.ID, "", grouped}
				if grouped && f.Dims[0].Value != nil {
					k.value = *f.Dims[0].Value
				}
				g, ok := have[k]
				delete(have, k)
				if !ok || !sameFigure(g.Value, Float(f.Value)) || !sameFigure(g.Num, Float(f.Num)) || !sameFigure(g.Den, Float(f.Den)) || !grouped && g.Coverage != f.Coverage {
					t.Errorf("by %q: %v: read %+v, computed %+v", by, k, g, f)
				}
			}
		}
		a := Ask{}
		for _, m := range ms {
			a.Metrics = append(a.Metrics, m.ID)
		}
		check(a, false)
		if by != "" {
			a.By = []string{by}
			check(a, true)
		}
		for k := range have {
			t.Errorf("by %q: %v is read but not computed", by, k)
		}
	}
	if read < 500 {
		t.Errorf("only %d figures were read", read)
	}
	closure := []*Metric{r.Catalogue.metric["closure_rate"]}
	past := own
	past.AsOf -= 7
	if got, err := w.publishedFigures(ctx, past, closure, ""); got != nil || err != nil {
		t.Errorf("a week before: %v, %v", got, err)
	}
	r.Catalogue = mustLoad(t) // metrics that a zone has changed since
	m := r.Catalogue.metric["closure_rate"]
	m.Den = &Measure{Agg: "count", Where: "is_open"}
	if got, err := w.publishedFigures(ctx, own, []*Metric{m}, ""); got != nil || err != nil {
		t.Errorf("an edited metric: %v, %v", got, err)
	}
	other := slices.DeleteFunc(slices.Clone(r.Catalogue.Metrics), func(x *Metric) bool { return x.Fact == m.Fact })[0]
	if got, err := w.publishedFigures(ctx, own, []*Metric{other}, ""); got == nil || err != nil {
		t.Errorf("%s, whose fact has no edited metric: %v, %v", other.ID, got, err)
	}
}
