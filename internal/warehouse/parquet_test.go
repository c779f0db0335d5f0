package warehouse

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWriteParquet: types survive, so money stays exact and dates are dates.
func TestWriteParquet(t *testing.T) {
	var b bytes.Buffer
	columns := []Column{{"单位", "VARCHAR"}, {"yuan", "DECIMAL(18,2)"}, {"on", "DATE"}, {"n", "HUGEINT"}, {"big", "HUGEINT"}, {"ratio", "DOUBLE"}, {"yes", "BOOLEAN"}, {"list", "INTEGER[]"}, {"at", "TIMESTAMP"}}
	rows := [][]any{
		{"产业局", "24600000.01", "2022-08-15", "179", "170141183460469231731687303715", "0.1", "true", "[1,2]", "2022-08-15 12:00:00"},
		{nil, nil, nil, nil, nil, "NaN", nil, nil, nil},
	}
	if err := WriteParquet(t.Context(), &b, columns, rows); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.parquet")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := OpenMemory(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	types, err := Strings(t.Context(), db.Conn, "select column_type from (describe select * from "+Quote(path)+")")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(types, " "), "VARCHAR DECIMAL(18,2) DATE BIGINT DECIMAL(38,0) DOUBLE BOOLEAN VARCHAR TIMESTAMP"; got != want {
		t.Errorf("types %s, want %s", got, want)
	}
	got, err := Strings(t.Context(), db.Conn, "select concat_ws('|', *columns(*)) from "+Quote(path))
	if err != nil {
		t.Fatal(err)
	}
	if want := "产业局|24600000.01|2022-08-15|179|170141183460469231731687303715|0.1|true|[1,2]|2022-08-15 12:00:00\nnan"; strings.Join(got, "\n") != want {
		t.Errorf("%q", got)
	}
	if err := WriteParquet(t.Context(), &b, []Column{{"n", "BIGINT"}}, [][]any{{"many"}}); err == nil {
		t.Error("a text went into a column of numbers")
	}
	if err := WriteParquet(t.Context(), &b, []Column{{"n", "BIGINT"}}, nil); err != nil {
		t.Error(err)
	}
}
