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
