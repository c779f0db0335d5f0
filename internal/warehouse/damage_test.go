package warehouse

import (
	"encoding/binary"
	"fmt"
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

// TestFileWithoutItsFreeEnd: where the blocks at the end of a warehouse are free, the engine cuts them off and goes on counting
// them. What is published of such a file has a fingerprint, a copy of it is sound, and it answers as an earlier publication once
// somebody has written to a later one; one that a used block is missing of is damaged.
func TestFileWithoutItsFreeEnd(t *testing.T) {
	good, dir := filepath.Join(t.TempDir(), FileName), t.TempDir()
	publishOf(t, good, t.TempDir(), "2022-08-14")
	db, err := Open(good, Options{})
	if err != nil {
		t.Fatal(err)
	}
	const size = 65536
	short := func() bool { // of the two heads of a database the one of the higher iteration holds
		whole, err := os.ReadFile(good)
		if err != nil {
			t.Fatal(err)
		}
		newest := whole[headSize+checksumSize:]
		if other := whole[2*headSize+checksumSize:]; binary.LittleEndian.Uint64(other) > binary.LittleEndian.Uint64(newest) {
			newest = other
		}
		return (len(whole)-firstBlockAt)/size < int(binary.LittleEndian.Uint64(newest[24:]))
	}
	for i := 0; !short(); i++ {
		if i == 30 {
			t.Fatal("the engine wrote every block that it counts, 30 times")
		}
		exec1(t, db, "create table raw.other as select i as n, hash(i)::varchar as text from range(200000) as t(i)")
		if i%2 == 1 {
			exec1(t, db, "checkpoint")
		}
		exec1(t, db, fmt.Sprintf("drop table raw.other; create or replace table raw.rows as select i as n, hash(i + %d)::varchar as text from range(20000) as t(i)", i))
		if err := db.Checkpoint(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := Publish(ctx, good, dir); err != nil {
			t.Fatal(err)
		}
	}
	if m := marks(dir); len(m) == 0 || m[0].Fingerprint == 0 {
		t.Errorf("what was published has no fingerprint: %+v", m)
	}
	published := filepath.Join(dir, Published)
	if err := os.Chtimes(published, time.Now(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := Sound(dir); err != nil {
		t.Errorf("one that was only touched: %v", err)
	}
	if db, err = Open(published, Options{}); err != nil {
		t.Fatal(err)
	}
	exec1(t, db, "create table main.mine as select 1 as x")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Earlier || !strings.Contains(r.Note, "written to it") {
		t.Errorf("what is read once somebody wrote to it: %+v", r)
	}
	if err := os.Truncate(good, int64(firstBlockAt+2*size)); err != nil {
		t.Fatal(err)
	}
	if err := Whole(ctx, good); !IsDamage(err) {
		t.Errorf("a file that was cut off: %v", err)
	}
}
