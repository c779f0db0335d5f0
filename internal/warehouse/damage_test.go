package warehouse

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// contents is a fingerprint of every value of every table.
func contents(t *testing.T, path string) string {
	t.Helper()
	db, err := ReadOnly(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tables, err := Strings(ctx, db.Conn, `select '"' || schema_name || '"."' || table_name || '"' from duckdb_tables() where not internal order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, n := range tables {
		sums, err := Strings(ctx, db.Conn, "select concat(count(*), ' ', coalesce(sum(hash(t)::hugeint), 0)) from "+n+" as t")
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(n + " " + sums[0] + "\n")
	}
	return b.String()
}

// TestDamagedBlocks zeroes blocks of a warehouse, or fills them with noise: it is not published, or the block was used by
// nothing and what is published holds every value.
func TestDamagedBlocks(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	good := filepath.Join(t.TempDir(), FileName)
	publishOf(t, good, t.TempDir(), "2022-08-14")
	db, err := Open(good, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // blocks become free, and are used again
		exec1(t, db, "create or replace table raw.rows as select i as n, hash(i + random())::varchar as text from range(200000) as t(i)")
		exec1(t, db, "delete from raw.rows where n % 7 = 0")
	}
	exec1(t, db, "delete from ctl.run; insert into ctl.run values (date '2022-08-15', timestamp '2022-08-15 12:00:00', date '2022-01-01')")
	if err := db.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	want := contents(t, good)
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	const size = 65536
	blocks := (len(whole) - firstBlockAt) / size
	if blocks < 25 {
		t.Fatalf("only %d blocks", blocks)
	}
	refused := 0
	for n, block := range rnd.Perm(blocks)[:25] {
		bad := append([]byte(nil), whole...)
		at := bad[firstBlockAt+block*size:][:size]
		for i := range at {
			at[i] = 0
			if n%2 == 0 {
				at[i] = byte(rnd.Uint32())
			}
		}
		file, dir := filepath.Join(t.TempDir(), FileName), t.TempDir()
		if err := os.WriteFile(file, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		p, err := Publish(ctx, file, dir)
		if err != nil {
			refused++
			if !IsDamage(err) || !IsEngineFault(err) || !strings.Contains(err.Error(), "taizhang rebuild") || strings.Contains(strings.ToLower(err.Error()), "select") {
				t.Errorf("block %d: %v", block, err)
			}
			continue
		}
		if got := contents(t, p.Path); got != want {
			t.Errorf("block %d is damaged, and it was published:\n%s", block, got)
		}
	}
	if refused < 5 {
		t.Errorf("only %d of 25 were refused", refused)
	}
}
