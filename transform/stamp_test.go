package transform

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// TestViewsStand: a later run gives every view its date and time and makes none
// of them anew, so that their comments stay. One whose model has other columns is.
func TestViewsStand(t *testing.T) {
	ctx := context.Background()
	db := warehousetest.New(t)
	warehousetest.Big{Units: 2, Rows: 3, From: "2022-06-06", To: "2022-06-26"}.Fill(t, db)
	run := func(asOf string, models ...fs.FS) {
		t.Helper()
		warehousetest.Run(t, db, asOf, noon, "2022-01-01")
		if _, err := Run(ctx, db.Conn, Options{Models: models}); err != nil {
			t.Fatal(err)
		}
	}
	query := func(q string) string {
		t.Helper()
		got, err := warehouse.Strings(ctx, db.Conn, q)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(got, " ")
	}
	const view = "core.fct_problem"
	comment := "select coalesce(comment, 'none') from duckdb_columns() where schema_name = 'core' and table_name = 'fct_problem' and column_name = 'as_of'"
	stamps := "select distinct as_of || ' ' || known_at from " + view
	run("2022-08-15")
	warehousetest.Exec(t, db, "comment on column "+view+".as_of is 'kept'")
	run("2022-08-16")
	if got := query(comment); got != "kept" {
		t.Errorf("the comment on a view's column after another run: %s", got)
	}
	if got, want := query(stamps), "2022-08-16 "+noon.Format("2006-01-02 15:04:05"); got != want {
		t.Errorf("%s says it is of %s, want %s", view, got, want)
	}
	constants := fmt.Sprintf("create or replace view %s as select * replace (date '2020-01-01' as as_of) from %s", view, tableOf(view))
	warehousetest.Exec(t, db, constants) // as an earlier program left it
	run("2022-08-17")
	if got := query(stamps); !strings.HasPrefix(got, "2022-08-17") {
		t.Errorf("%s of an earlier program says it is of %s", view, got)
	}
	text, err := fs.ReadFile(Builtin(), "core/fct_problem.sql")
	if err != nil {
		t.Fatal(err)
	}
	gained := strings.Replace(string(text), "\nselect\n", "\nselect 1 as one_more,\n", 1)
	run("2022-08-17", fstest.MapFS{"core/fct_problem.sql": {Data: []byte(gained)}})
	if got := query("select count(*) from " + view + " where one_more = 1"); got == "0" {
		t.Error("a column that a model gained isn't in its view")
	}
}
