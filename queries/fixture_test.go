package queries

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// TestMain lets the test binary be the child of fenced queries.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == ChildCommand {
		os.Exit(ChildMain())
	}
	os.Exit(m.Run())
}

// publish makes a publication from what fill loads.
func publish(t testing.TB, asOf string, knownAt time.Time, fill func(*warehouse.DB)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "warehouse.duckdb")
	db, err := warehouse.Open(path, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	warehousetest.Fill(t, db)
	warehousetest.Run(t, db, asOf, knownAt, asOf[:4]+"-01-01")
	fill(db)
	warehousetest.BuildModels(t, db)
	if err := db.Checkpoint(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	p, err := warehouse.Publish(context.Background(), path, filepath.Join(t.TempDir(), "published"))
	if err != nil {
		t.Fatal(err)
	}
	return p.Path
}

func open(t testing.TB, path string) *Reader {
	t.Helper()
	r, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// randomReader is a reader of a random zone.
func randomReader(t testing.TB, seed uint64) *Reader {
	t.Helper()
	return open(t, publish(t, "2022-08-15", time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC), func(db *warehouse.DB) {
		warehousetest.Random{Seed: seed}.Fill(t, db)
	}))
}
