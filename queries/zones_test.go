package queries

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// together makes one publication of several, each as a zone of its own: their units share codes and names, their returns
// numbers.
func together(t *testing.T, files map[string]string) string {
	t.Helper()
	db, err := warehouse.Open(filepath.Join(t.TempDir(), "all.duckdb"), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	warehousetest.Fill(t, db)
	warehousetest.Run(t, db, "2022-08-15", warehousetest.Evening, "2022-01-01")
	warehousetest.Exec(t, db, "delete from ctl.calendar")
	for zone, file := range files {
		warehousetest.Exec(t, db, "attach "+warehouse.Quote(file)+" as one (read_only)")
		tables, err := warehouse.Strings(context.Background(), db.Conn, `select distinct '"' || schema_name || '"."' || table_name || '"' from duckdb_columns()
			where database_name = 'one' and column_name = 'zone' and (schema_name = 'raw' or schema_name = 'ctl' and table_name <> 'return_state')`)
		if err != nil || len(tables) < 20 {
			t.Fatal(tables, err)
		}
		for _, table := range tables {
			warehousetest.Exec(t, db, "insert into "+table+" by name select * replace ("+warehouse.Quote(zone)+" as zone) from one."+table)
		}
		warehousetest.Exec(t, db, "detach one")
	}
	warehousetest.BuildModels(t, db)
	if err := db.Checkpoint(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db.Path()
}

// TestZonesApart: three zones whose units share names and codes, and whose returns share numbers, don't touch one
// another's figures: of each zone, in total, by every dimension and over time, they are what the zone alone has.
func TestZonesApart(t *testing.T) {
	files := map[string]string{"a1": warehousetest.PublishRandom(t, 1), "b2": warehousetest.PublishRandom(t, 2), "c3": warehousetest.PublishSmall(t)}
	all := open(t, together(t, files))
	said := func(figures []Figure, drop string) (out []string) {
		for _, f := range figures {
			var dims []string
			for _, d := range f.Dims {
				if d.Dimension == drop {
					continue
				}
				v := NoValue
				if d.Value != nil {
					v = *d.Value
				}
				dims = append(dims, v)
			}
			out = append(out, fmt.Sprint(f.Metric.ID, dims, number(f.Value), number(f.Num), number(f.Den), f.Coverage))
		}
		return out
	}
	compared := 0
	same := func(what string, got, want []string) {
		t.Helper()
		compared += len(want)
		for i := range want {
			if i >= len(got) || got[i] != want[i] {
				t.Errorf("%s: %d figures, %d alone; the first that differs is %v, alone %s", what, len(got), len(want), got[min(i, len(got)):min(i+1, len(got))], want[i])
				return
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %d figures, %d alone", what, len(got), len(want))
		}
	}
	for zone, file := range files {
		alone := open(t, file)
		ask := func(a Ask) (ours, theirs []Figure) {
			t.Helper()
			theirs, err := alone.Metrics(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			a.Where = map[string]string{"zone": zone}
			ours, err = all.Metrics(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			return ours, theirs
		}
		ours, theirs := ask(Ask{})
		same(zone, said(ours, ""), said(theirs, ""))
		for _, d := range all.Catalogue.Dimensions {
			if d.ID != "zone" {
				ours, theirs := ask(Ask{By: []string{d.ID}})
				same(zone+" by "+d.ID, said(ours, ""), said(theirs, ""))
			}
		}
		// by zone, each zone's group is its total alone
		groups, err := all.Metrics(t.Context(), Ask{By: []string{"zone"}})
		if err != nil {
			t.Fatal(err)
		}
		groups = slices.DeleteFunc(groups, func(f Figure) bool { return f.Dims[0].Value == nil || *f.Dims[0].Value != zone })
		same(zone+" as a group", said(groups, "zone"), said(theirs, ""))
		for _, metric := range []string{"problems_closed", "incentive_enterprises", "days_to_close_median", "low_income_people"} {
			want, err := alone.Trace(t.Context(), Ask{Metrics: []string{metric}})
			if err != nil {
				t.Fatal(err)
			}
			got, err := all.Trace(t.Context(), Ask{Metrics: []string{metric}, Where: map[string]string{"zone": zone}})
			if err != nil {
				t.Fatal(err)
			}
			if rowsOf(got) != rowsOf(want) {
				t.Errorf("%s: the rows of %s aren't those of the zone alone\n%s\n%s", zone, metric, rowsOf(got), rowsOf(want))
			}
		}
	}
	if compared < 2000 {
		t.Errorf("only %d figures are compared", compared)
	}
}

// number is a value to the digit; the noughts of nothing are one.
func number(v any) string {
	if n := result.Number(v); n != nil {
		return n.RatString()
	}
	return "none"
}

func rowsOf(rows []TraceRow) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintln(&b, r.Return, r.Submitter, r.Sheet, r.Row, r.Contributes, r.ContributesDen)
	}
	return b.String()
}
