package web

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/transform"
	"taizhang/transform/mart"
)

// TestLarge is part of `make bench-web` (ROWS=5000000): the pages over a publication of that many typed rows. It says how long
// the server takes for each, and how many bytes they have; both are bounded.
func TestLarge(t *testing.T) {
	rows, err := strconv.Atoi(os.Getenv("TAIZHANG_BENCH_WEB_ROWS"))
	if err != nil {
		t.Skip("takes minutes; make bench-web ROWS=5000000 runs it")
	}
	dir := copyZone(t)
	n := publishLarge(t, dir, rows)
	x := open(t, dir, func(o *Options) { o.Ahead = true })
	const limit, most, rounds = 200 * time.Millisecond, 150 << 10, 9
	begun := time.Now()
	eventually(t, 10*time.Minute, "the page is never ready", func() bool {
		x.page("/")
		return x.server.Readings.Current()
	})
	ready := time.Since(begun)
	text := fmt.Sprintf("`make bench-web ROWS=%d`: pages over a publication of %d typed rows, one reader, each page %d times once what is made ahead is made (%.1f s after the start). It fails where the half of them takes more than %d ms or a page has more than %d kB.\n\n| page | half, ms | slowest, ms | kB |\n|---|---|---|---|\n",
		rows, n, rounds, ready.Seconds(), limit.Milliseconds(), most>>10)
	for _, path := range []string{"/", "/figures", "/figures/closure_rate", "/figures/incentive_paid", "/returns", "/query", "/papers", "/runs"} {
		var took []time.Duration
		size := 0
		for range rounds {
			begun := time.Now()
			a := x.get(path)
			took = append(took, time.Since(begun))
			if size = len(a.body); a.status >= 400 {
				t.Fatalf("%s: status %d\n%.500s", path, a.status, a.body)
			}
		}
		first := took[0]
		slices.Sort(took)
		half := took[rounds/2]
		line := fmt.Sprintf("| `%s` | %d | %d | %d |", path, half.Milliseconds(), took[rounds-1].Milliseconds(), size>>10)
		t.Logf("%s first %v", line, first.Round(time.Millisecond))
		text += line + "\n"
		if half > limit || size > most {
			t.Errorf("%s: %v, %d bytes", path, half, size)
		}
	}
	tooltest.Section(t, "../../../docs/benchmarks.md", "## Pages of a large zone", func(string) string { return text + "\n2 cores; " + tooltest.Measured() + ".\n" })
}

// publishLarge puts a generated publication in the place of a zone's, and gives the number of its rows.
func publishLarge(t *testing.T, dir string, rows int) (n int64) {
	t.Helper()
	ctx := t.Context()
	z, err := office.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), warehouse.FileName)
	db, err := warehouse.Open(path, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	warehousetest.Fill(t, db)
	warehousetest.Run(t, db, "2023-12-18", time.Date(2023, 12, 18, 18, 0, 0, 0, time.UTC), "2023-01-01")
	warehousetest.Big{Rows: max(1, rows/19075)}.Fill(t, db) // returns of two years
	if err := db.Conn.QueryRowContext(ctx, "select sum(rows_loaded)::bigint from raw.return").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if err := warehouse.Begin(ctx, db.Conn); err != nil {
		t.Fatal(err)
	}
	result, err := transform.Run(ctx, db.Conn, transform.Options{Full: true})
	if err == nil {
		err = result.Err()
	}
	if err == nil {
		_, err = mart.Build(ctx, db.Conn, mart.Options{Full: true})
	}
	if err == nil {
		err = warehouse.Commit(ctx, db.Conn)
	}
	if err == nil {
		err = db.Checkpoint(ctx)
	}
	if err == nil {
		err = db.Close()
	}
	if err == nil {
		_, err = warehouse.Publish(ctx, path, z.Published())
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}
