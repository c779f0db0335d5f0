package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"taizhang/internal/warehouse"
)

// TestStatusIsSaid: the comment of every column named status names every value that the demo's rows have in it, however the
// column came to its table.
func TestStatusIsSaid(t *testing.T) {
	ctx := context.Background()
	db, err := warehouse.ReadOnly(filepath.Join(demoZone(t), "published", "taizhang.duckdb"), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var asked []string
	said := map[string]string{}
	err = warehouse.Each(ctx, db.Conn, `select schema_name || '.' || table_name, coalesce(comment, '') from duckdb_columns()
		where column_name = 'status' and schema_name in ('raw', 'stg', 'core', 'mart') order by 1`, func(v []any) error {
		asked = append(asked, v[0].(string))
		said[v[0].(string)] = v[1].(string)
		return nil
	})
	if err != nil || len(asked) < 20 {
		t.Fatal(asked, err)
	}
	for _, table := range asked {
		values, err := warehouse.Strings(ctx, db.Conn, "select distinct status from "+table+" where status is not null")
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if !strings.Contains(said[table], v) {
				t.Errorf("%s.status is said to be %q and holds %s", table, said[table], v)
			}
		}
	}
}

// TestEverythingIsSaid: every table, view and column of a publication says what it is, and a table of results says of its
// columns what the view over it says.
func TestEverythingIsSaid(t *testing.T) {
	ctx := context.Background()
	db, err := warehouse.ReadOnly(filepath.Join(demoZone(t), "published", "taizhang.duckdb"), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for what, query := range map[string]string{
		"says nothing of itself": `select schema_name || '.' || table_name || '.' || column_name from duckdb_columns() where not internal and coalesce(comment, '') = ''
			union all select schema_name || '.' || table_name from duckdb_tables() where not internal and coalesce(comment, '') = ''
			union all select schema_name || '.' || view_name from duckdb_views() where not internal and coalesce(comment, '') = ''`,
		"is said otherwise than its view": `select b.table_name || '.' || b.column_name from duckdb_columns() as b join duckdb_columns() as v
			on v.schema_name || '_' || v.table_name = b.table_name and v.column_name = b.column_name where b.schema_name = 'built' and b.comment <> v.comment`,
	} {
		names, err := warehouse.Strings(ctx, db.Conn, query)
		if err != nil || len(names) > 0 {
			t.Errorf("%v: %q %s", err, names, what)
		}
	}
}
