package transform

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// TestUnsteady: a model whose rows would change by themselves is refused with the line where it says so; one that carries such a
// word as a name of its own, or looks at the date of the run, is not.
func TestUnsteady(t *testing.T) {
	for text, want := range map[string]string{
		"select 'xt' as zone,\n  now() as x":                                             "models/mart/own.sql:4: now()",
		"select 'xt' as zone, current_date as x":                                         "models/mart/own.sql:3: current_date",
		"select 'xt' as zone, cast(CURRENT_TIMESTAMP as date) as x":                      "current_timestamp",
		"select 'xt' as zone\nfrom ctl.run where random() < 0.5":                         "models/mart/own.sql:4: random()",
		"with a as (select today() as x)\nselect 'xt' as zone, x from a":                 "today()",
		"select 'xt' as zone, r.as_of from ctl.run as r\ntablesample 10%":                "sample",
		"select 'xt' as zone from (select * from ctl.run using sample 1 rows) as x":      "sample",
		"select 'xt' as zone, age(timestamp '2022-01-01') as x":                          "age()",
		"select 'xt' as zone, age(timestamp '2022-01-01', timestamp '2022-01-02') as x":  "",
		"select 'xt' as zone, r.as_of as x from ctl.run as r":                            "",
		"select 'xt' as zone, today as x from (select as_of as today from ctl.run) as a": "",
	} {
		db := warehousetest.New(t)
		folder := fstest.MapFS{"mart/own.sql": {Data: []byte("-- One row per zone.\n-- grain: zone\n" + text + "\n")}}
		models, err := Load(folder)
		if err != nil {
			t.Fatal(err)
		}
		own := models[slices.IndexFunc(models, func(m Model) bool { return m.Name == "mart.own" })]
		_, err = analyse(context.Background(), db.Conn, &own)
		var fault *ModelError
		switch {
		case want == "" && err != nil:
			t.Errorf("%s\n  is refused: %v", text, err)
		case want != "" && (!errors.As(err, &fault) || !strings.Contains(err.Error(), want)):
			t.Errorf("%s\n  gives %v, not %s", text, err, want)
		}
	}
}

// TestUnsteadyFunctions: what DuckDB itself calls unsteady is known.
func TestUnsteadyFunctions(t *testing.T) {
	db := warehousetest.New(t)
	names, err := warehouse.Strings(context.Background(), db.Conn, "select distinct function_name from duckdb_functions() where stability in ('VOLATILE', 'CONSISTENT_WITHIN_QUERY') order by 1")
	if err != nil {
		t.Fatal(err)
	}
	apart := []string{"error", "stats"} // one ends the query, the other describes an expression
	for _, n := range names {
		if !unsteady[n] && !slices.Contains(apart, n) {
			t.Errorf("%s() is not known to be unsteady", n)
		}
	}
	if len(names) < 10 {
		t.Errorf("DuckDB names %d functions only", len(names))
	}
}
