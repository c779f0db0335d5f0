package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/calendar"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/queries"
	"taizhang/transform"
)

// bigSize is the size of the generated zone: TAIZHANG_BENCH_ROWS typed rows (default 100,000; the acceptance size is
// 5,000,000) in TAIZHANG_BENCH_RETURNS returns (default 1,500; acceptance: 20,000).
func bigSize() (returns, rows int) {
	returns, rows = 1500, 100_000
	if n, err := strconv.Atoi(os.Getenv("TAIZHANG_BENCH_RETURNS")); err == nil {
		returns = n
	}
	if n, err := strconv.Atoi(os.Getenv("TAIZHANG_BENCH_ROWS")); err == nil {
		rows = n
	}
	return returns, rows
}

// bigZone makes the zone through its inbox. TAIZHANG_BENCH_DIR keeps it for the next time.
func bigZone(b testing.TB) (*office.Zone, *bigInbox) {
	b.Helper()
	dir := os.Getenv("TAIZHANG_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	big := sizedInbox(bigSize())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	z := big.zone(b, dir)
	start, cpu := time.Now(), warehousetest.CPU()
	if _, err := os.Stat(z.PublishedFile()); errors.Is(err, fs.ErrNotExist) {
		big.run(b, z, office.Options{Deliver: big.deliver(z)})
		b.Logf("taken in and published in %v, CPU %v", time.Since(start), warehousetest.CPU()-cpu)
	} else { // kept from an earlier benchmark; by another program: its figures are built anew once
		r, err := queries.Open(z.PublishedFile(), nil)
		if err != nil {
			b.Fatal(err)
		}
		big.now = 1 + int(r.Published().KnownAt.Sub(big.clock(z)())/time.Minute)
		r.Close()
		big.run(b, z, office.Options{})
	}
	info, err := os.Stat(z.PublishedFile())
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("warehouse of %d MB", info.Size()>>20)
	return z, big
}

// BenchmarkBig measures what the acceptance figures are about, on one zone that came through its inbox.
func BenchmarkBig(b *testing.B) {
	z, big := bigZone(b)
	ctx := context.Background()
	b.Run("correction", func(b *testing.B) { // from drop to published figures
		newest := big.newest("problem", z.Location)
		reportCPU(b, func() {
			b.StopTimer()
			if err := big.drop(z, newest, int(time.Now().UnixNano()%1_000_000)); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}, func() {
			big.now++
			if out := big.run(b, z, office.Options{}); !out.Published || len(out.Reports) != 1 {
				b.Fatal("the correction wasn't published")
			}
		})
	})
	b.Run("nothing-new", func(b *testing.B) {
		reportCPU(b, nil, func() {
			if out := big.run(b, z, office.Options{}); out.Published {
				b.Fatal("published although nothing was new")
			}
		})
	})
	for _, q := range bigQuestions(z) {
		b.Run(q.name, func(b *testing.B) {
			reportCPU(b, nil, func() {
				readPublished(b, z, func(r *queries.Reader) (int, error) {
					f, err := r.Metrics(ctx, q.ask)
					return len(f), err
				})
			})
		})
	}
	b.Run("trace", func(b *testing.B) {
		n := 0
		reportCPU(b, nil, func() {
			readPublished(b, z, func(r *queries.Reader) (int, error) {
				rows, err := r.Trace(ctx, bigTrace)
				n = len(rows)
				return n, err
			})
		})
		b.ReportMetric(float64(n), "rows")
	})
	b.Run("models", func(b *testing.B) { // all of them, against the plain time of the same SELECTs
		var built, plain time.Duration
		reportCPU(b, nil, func() {
			m, p := buildTwice(b, z)
			built += m
			plain += p
		})
		b.ReportMetric(float64(built.Milliseconds())/float64(b.N), "models-ms/op")
		b.ReportMetric(float64(plain.Milliseconds())/float64(b.N), "plain-ms/op")
		b.ReportMetric(float64(built)/float64(plain), "ratio")
	})
	b.Run("rebuild", func(b *testing.B) {
		reportCPU(b, nil, func() { big.rebuild(b, z) })
	})
}

// bigQuestion is a question for figures, and how long an answer may take.
type bigQuestion struct {
	name  string
	ask   queries.Ask
	limit time.Duration
}

func bigQuestions(z *office.Zone) []bigQuestion {
	past := warehouse.Point{AsOf: calendar.NewDate(2023, time.June, 25), KnownAt: time.Date(2023, 7, 1, 12, 0, 0, 0, z.Location)}
	const headline, byOne = 300 * time.Millisecond, 3 * time.Second
	return []bigQuestion{
		{"headline", queries.Ask{}, headline},
		{"by-street", queries.Ask{Metrics: []string{"closure_rate"}, By: []string{"street"}}, byOne},
		{"by-week", queries.Ask{Metrics: []string{"closure_rate"}, By: []string{"week"}}, byOne},
		{"past-headline", queries.Ask{Point: past}, headline},
		{"past-by-street", queries.Ask{Metrics: []string{"closure_rate"}, By: []string{"street"}, Point: past}, byOne},
		{"past-by-month", queries.Ask{Metrics: []string{"incentive_paid"}, By: []string{"month"}, Point: past}, byOne},
	}
}

// bigTrace is a figure of some 1,000 rows in the zone of 5,000,000.
var bigTrace = queries.Ask{Metrics: []string{"problems_closed"}, Where: map[string]string{"source": "走访调研"}}

// rebuild makes the zone anew from archive and journal.
func (b *bigInbox) rebuild(t testing.TB, z *office.Zone) {
	t.Helper()
	owner, err := warehouse.Lock(z.Dir, "bench", z.Location)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Release()
	if _, _, err := z.Rebuild(context.Background(), office.Options{Clock: b.clock(z)}); err != nil {
		t.Fatal(err)
	}
}

// reportCPU runs a benchmark and reports its processor time.
func reportCPU(b *testing.B, prepare, run func()) {
	b.Helper()
	var cpu time.Duration
	for b.Loop() {
		if prepare != nil {
			prepare()
		}
		at := warehousetest.CPU()
		run()
		cpu += warehousetest.CPU() - at
	}
	b.ReportMetric(float64(cpu.Milliseconds())/float64(b.N), "cpu-ms/op")
}

// buildTwice gives the processor time of building all models anew in a copy of the warehouse, and that of the same
// SELECTs as plain `create table … as`, in one process and on the same file.
func buildTwice(b testing.TB, z *office.Zone) (built, plain time.Duration) {
	b.Helper()
	ctx := context.Background()
	path := filepath.Join(b.TempDir(), "copy.duckdb")
	text, err := os.ReadFile(z.Warehouse())
	if err == nil {
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		b.Fatal(err)
	}
	db, err := warehouse.Open(path, warehouse.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	models, err := transform.Plan(ctx, db.Conn, transform.Options{})
	if err != nil {
		b.Fatal(err)
	}
	measure := func(what func() error) time.Duration {
		if err := warehouse.Begin(ctx, db.Conn); err != nil {
			b.Fatal(err)
		}
		defer warehouse.Rollback(db.Conn)
		at := warehousetest.CPU()
		if err := what(); err != nil {
			b.Fatal(err)
		}
		return warehousetest.CPU() - at
	}
	plainly := func() error {
		for _, m := range models {
			kind := "table built." + strings.ReplaceAll(m.Name, ".", "_")
			if m.Layer == "stg" {
				kind = "view " + m.Name
			}
			if _, err := db.Conn.ExecContext(ctx, "create or replace "+kind+" as "+m.SQL); err != nil {
				return err
			}
		}
		return nil
	}
	anew := func() error {
		res, err := transform.Run(ctx, db.Conn, transform.Options{Full: true})
		if err == nil {
			err = res.Err()
		}
		if os.Getenv("TAIZHANG_BENCH_MODELS") != "" {
			for _, m := range res.Models {
				if m.Took > 20*time.Millisecond {
					b.Logf("  %-8s %-32s %v", m.Action, m.Name, m.Took)
				}
			}
		}
		return err
	}
	measure(plainly) // the file's pages are in memory from here on
	return measure(anew), measure(plainly)
}

// readPublished opens the publication as a command does, and asks.
func readPublished(b testing.TB, z *office.Zone, f func(*queries.Reader) (int, error)) {
	b.Helper()
	r, err := queries.Open(z.PublishedFile(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	n, err := f(r)
	if err != nil || n == 0 {
		b.Fatal(n, err)
	}
}
