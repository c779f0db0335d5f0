package warehouse

import (
	"context"
	"testing"
	"time"

	"taizhang/internal/calendar"
)

// TestRestateAgain: who asks for further models at a point has these evaluated alone, over what was evaluated before; a model
// that others read is evaluated once.
func TestRestateAgain(t *testing.T) {
	ctx := context.Background()
	db, err := OpenMemory(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(q string) {
		t.Helper()
		if _, err := db.Conn.ExecContext(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	exec("create schema raw; create schema core; create table raw.n as select 1 as n")
	models := []Model{
		{Name: "core.a", SQL: "select n, as_of from raw.n, ctl.run", Reads: []string{"raw.n", "ctl.run"}, Seq: 1},
		{Name: "core.b", SQL: "select n + 10 as n, as_of from core.a", Reads: []string{"core.a"}, Seq: 2},
		{Name: "core.c", SQL: "select n + 100 as n, as_of from core.b", Reads: []string{"core.b"}, Seq: 3},
		{Name: "core.d", SQL: "select a.n + c.n as n from core.a as a, core.c as c", Reads: []string{"core.a", "core.c"}, Seq: 4},
	}
	points := []Point{{AsOf: calendar.NewDate(2022, time.June, 30), KnownAt: time.Date(2022, 7, 1, 9, 0, 0, 0, time.UTC), From: calendar.NewDate(2022, time.January, 1)}}
	restate := func(o RestateOptions, wanted string) *Restated {
		t.Helper()
		r, err := Restate(ctx, db.Conn, models, o, "p_", points, wanted)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	value := func(r *Restated, model string) string {
		t.Helper()
		got, err := Strings(ctx, db.Conn, r.Rewrite("select cast(n as varchar) from "+model))
		if err != nil || len(got) != 1 {
			t.Fatal(model, got, err)
		}
		return got[0]
	}
	r := restate(RestateOptions{}, "core.b") // core.a is a table, core.b a subquery
	exec("update raw.n set n = 5")           // what reads it from here on was evaluated anew
	r = restate(RestateOptions{Earlier: r}, "core.d")
	if b, d := value(r, "core.b"), value(r, "core.d"); b != "11" || d != "112" {
		t.Errorf("b is %s, d %s: what was there already was evaluated again", b, d)
	}
	if got, err := Strings(ctx, db.Conn, "select table_name from duckdb_tables() where temporary order by 1"); err != nil || len(got) != 4 { // the run, a, b, c
		t.Error(got, err)
	}
	if d := value(restate(RestateOptions{}, "core.d"), "core.d"); d != "120" {
		t.Errorf("d is %s at a new point", d)
	}
	if err := r.Drop(ctx, db.Conn); err != nil {
		t.Fatal(err)
	}
	if got, err := Strings(ctx, db.Conn, "select table_name from duckdb_tables() where temporary"); err != nil || len(got) != 0 {
		t.Error("left behind:", got, err)
	}
	inline := restate(RestateOptions{Inline: true}, "core.b")
	if d := value(restate(RestateOptions{Inline: true, Earlier: inline}, "core.d"), "core.d"); d != "120" {
		t.Errorf("d is %s without tables", d)
	}
}
