//go:build linux

package trinotest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"taizhang/internal/engine"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// TestTrino builds every model on Trino as DuckDB has built them: the demo, by the commands, and forty zones whose units share
// names and codes while a worker is killed. Models are compared row by row with their types, checks by what they count, and every figure,
// breakdown and trace by what is answered. TAIZHANG_TEST_TRINO_ROWS=5000000 adds a zone of that many rows,
// TAIZHANG_TEST_TRINO_QUICK asks for fewer figures: questions, not rows, are what takes its time.
func TestTrino(t *testing.T) {
	if os.Getenv("TAIZHANG_TEST_TRINO") == "" {
		t.Skip("it takes a Trino server (800 MB) and minutes: make test-trino")
	}
	c := startCluster(t, 2)
	within := func(t *testing.T) { // a machine of the test has 24 GiB, and DuckDB runs beside the cluster
		held := c.memory()
		t.Logf("the cluster holds %d MiB and has taken %s of processor time", held>>20, c.cpu().Round(time.Second))
		if held > 12<<30 {
			t.Errorf("the cluster holds %d MiB, more than 12 GiB", held>>20)
		}
	}
	d := demo(t)
	d.attach(t, c)
	t.Run("demo", func(t *testing.T) {
		l := load(t, c, "lake", "NONE", d.publication())
		d.givenUp(t, c, l)
		b := d.run(t, l)
		l.sameModels(t, b)
		l.sameChecks(t, b)
		d.sameAnswers(t)
		l.readers(t).sameFigures(t, os.Getenv("TAIZHANG_TEST_TRINO_QUICK") == "")
		within(t)
	})
	t.Run("large", func(t *testing.T) {
		rows, _ := strconv.Atoi(os.Getenv("TAIZHANG_TEST_TRINO_ROWS"))
		if rows == 0 {
			t.Skip("TAIZHANG_TEST_TRINO_ROWS=5000000 asks for it")
		}
		l := load(t, c, "large", "NONE", large(t, rows))
		b := build(t, l, nil)
		l.sameModels(t, b)
		l.sameChecks(t, b)
		within(t)
	})
	const count = 40
	t.Run("zones, a worker lost", func(t *testing.T) {
		began := time.Now()
		publication := manyZones(t, count)
		t.Logf("%d zones after %s", count, time.Since(began).Round(time.Second))
		l := load(t, c, "zones", "TASK", publication)
		killed := false
		b := build(t, l, func(s engine.Step) {
			if s.Done == 20 && !killed { // while that model is built
				killed = true
				time.AfterFunc(300*time.Millisecond, c.nodes[2].kill)
			}
		})
		if !killed {
			t.Fatal("no worker was killed")
		}
		l.sameModels(t, b)
		l.sameChecks(t, b)
		publish(t, l, b)
		l.readers(t).sameFigures(t, false)
		province(t, c, d.program, publication, count)
		within(t)
	})
	t.Run("the coordinator lost", func(t *testing.T) {
		c.nodes[0].kill()
		if code, _, log := d.ask("metrics"); code != 1 || !strings.Contains(log, "can't be reached: check that the coordinator runs") {
			t.Errorf("exit code %d\n%s", code, log)
		}
		c.stop(t) // the next one has the machine for itself
	})
	t.Run("TLS, passwords, rights", testSecure)
}

func build(t *testing.T, l *loaded, step func(engine.Step)) *engine.Built {
	t.Helper()
	began := time.Now()
	b, err := l.trino.Build(t.Context(), l.plan, step)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d models and their checks after %s", len(l.plan.Models), time.Since(began).Round(time.Second))
	return b
}

func publish(t *testing.T, l *loaded, b *engine.Built) {
	t.Helper()
	if err := l.trino.Publish(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if run, err := l.trino.Current(t.Context()); err != nil || run != b.Run {
		t.Fatalf("the pointer names %q (%v), want %q", run, err, b.Run)
	}
}

// large is the publication of a zone of about so many rows.
func large(t testing.TB, rows int) string {
	t.Helper()
	const returns = 25_000 // about; of 25 units over two years
	return warehousetest.Publish(t, "2023-12-18", time.Date(2023, 12, 18, 18, 0, 0, 0, time.UTC), func(db *warehouse.DB) {
		warehousetest.Big{Rows: max(1, rows/returns)}.Fill(t, db)
	})
}

// manyZones is a publication of n zones, in fours: their units share codes and names, their returns numbers.
func manyZones(t testing.TB, n int) string {
	t.Helper()
	var files []string
	for seed := range uint64(3) {
		files = append(files, received(t, func(db *warehouse.DB) {
			warehousetest.Random{Seed: seed + 1, From: "2022-05-02", Rows: 6}.Fill(t, db)
		}))
	}
	files = append(files, received(t, func(db *warehouse.DB) { warehousetest.FillSmall(t, db) }))
	return warehousetest.Publish(t, "2022-08-15", warehousetest.Evening, func(db *warehouse.DB) {
		warehousetest.Exec(t, db, "delete from ctl.calendar")
		for i, file := range files {
			warehousetest.Exec(t, db, fmt.Sprintf("attach %s as one%d (read_only)", warehouse.Quote(file), i))
			tables, err := warehouse.Strings(context.Background(), db.Conn, fmt.Sprintf(`select distinct '"' || schema_name || '"."' || table_name || '"' from duckdb_columns()
				where database_name = 'one%d' and column_name = 'zone' and (schema_name = 'raw' or schema_name = 'ctl' and table_name <> 'return_state')`, i))
			if err != nil || len(tables) < 20 {
				t.Fatal(tables, err)
			}
			for _, table := range tables {
				warehousetest.Exec(t, db, fmt.Sprintf("insert into %[1]s by name select x.* replace ('z' || lpad(cast(n.n as varchar), 2, '0') as zone) from one%[2]d.%[1]s as x cross join (select %[2]d + 4 * m as n from range(%[3]d) as r(m)) as n", table, i, n/4))
			}
			warehousetest.Exec(t, db, fmt.Sprintf("detach one%d", i))
		}
	})
}

// received is the file of a warehouse whose models nobody has built.
func received(t testing.TB, fill func(*warehouse.DB)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "warehouse.duckdb")
	db, err := warehouse.Open(path, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	warehousetest.Fill(t, db)
	fill(db)
	if err := db.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
