package queries_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/queries"
)

// TestTraceOfZonesThatNumberAlike: where zones stand side by side, as in a lake that nobody joined, their units are called alike
// and their returns have the same numbers. A row still leads to its own zone's file and columns.
func TestTraceOfZonesThatNumberAlike(t *testing.T) {
	path := warehousetest.Publish(t, "2022-08-15", warehousetest.Evening, func(db *warehouse.DB) {
		warehousetest.FillSmall(t, db)
		tables, err := warehouse.Strings(context.Background(), db.Conn, `select distinct '"' || schema_name || '"."' || table_name || '"' from duckdb_columns()
			where column_name = 'zone' and (schema_name = 'raw' or schema_name = 'ctl' and table_name <> 'return_state')`)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			warehousetest.Exec(t, db, fmt.Sprintf("insert into %[1]s by name select * replace ('yt' as zone) from %[1]s", table))
		}
		warehousetest.Exec(t, db, "update raw.return set file = 'yt/' || file where zone = 'yt'")
		warehousetest.Exec(t, db, "update raw.return_column set col = 'Z' || col where zone = 'yt'")
	})
	r, err := queries.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, metric := range []string{"problems_collected", "return_timeliness"} {
		rows, err := r.Trace(t.Context(), queries.Ask{Metrics: []string{metric}})
		if err != nil {
			t.Fatal(err)
		}
		of := map[string]int{}
		for _, row := range rows {
			of[row.Zone]++
			if row.File == "" {
				continue
			}
			if strings.HasPrefix(row.File, "yt/") != (row.Zone == "yt") {
				t.Errorf("%s: a row of %s leads to %s", metric, row.Zone, row.File)
			}
			for _, c := range row.Cells {
				if strings.HasPrefix(c.Address, "Z") != (row.Zone == "yt") {
					t.Errorf("%s: a row of %s leads to the cell %s", metric, row.Zone, c.Address)
				}
			}
		}
		if len(of) != 2 || of["xt"] == 0 || of["xt"] != of["yt"] {
			t.Errorf("%s: rows by zone: %v", metric, of)
		}
	}
}
