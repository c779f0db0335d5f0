package warehouse

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
)

// TestHistory: the last publications are kept, one of them is published again,
// and the one it replaces is kept too.
func TestHistory(t *testing.T) {
	ctx := context.Background()
	path, dir := filepath.Join(t.TempDir(), "warehouse.duckdb"), t.TempDir()
	for day := 1; day <= KeptPublications+3; day++ {
		db, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := Schema(ctx, db.Conn); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Conn.ExecContext(ctx, fmt.Sprintf("delete from ctl.run; insert into ctl.run values (date '2022-08-%02d', timestamp '2022-08-%02d 12:00:00', date '2022-01-01')", day, day)); err != nil {
			t.Fatal(err)
		}
		if err := db.Checkpoint(ctx); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Publish(ctx, path, dir); err != nil {
			t.Fatal(err)
		}
	}
	asOf := func(path string) string {
		db, err := ReadOnly(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		got, err := Strings(ctx, db.Conn, "select cast(as_of as varchar) from ctl.run")
		if err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
		return got[0]
	}
	list, err := History(dir)
	if err != nil || len(list) != KeptPublications || asOf(list[0].Path) != "2022-08-07" || asOf(list[4].Path) != "2022-08-03" {
		t.Fatal(list, err)
	}
	oldest := list[4]
	if _, err := Republish(ctx, dir, oldest, false); err != nil {
		t.Fatal(err)
	}
	if got := asOf(filepath.Join(dir, Published)); got != "2022-08-03" {
		t.Error(got)
	}
	list, err = History(dir)
	if err != nil || len(list) != KeptPublications || asOf(list[0].Path) != "2022-08-08" {
		t.Fatal(list, err)
	}
	// What is replaced now is kept already.
	if _, err := Republish(ctx, dir, list[2], true); err != nil {
		t.Fatal(err)
	}
	if again, err := History(dir); err != nil || len(again) != len(list) || again[0] != list[0] || asOf(filepath.Join(dir, Published)) != asOf(list[2].Path) {
		t.Error(again, err)
	}
}
