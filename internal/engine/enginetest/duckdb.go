package enginetest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// OverDuckDB is a coordinator whose catalog lake is that of a folder which taizhang export has written.
func OverDuckDB(t testing.TB, lake string) *Coordinator {
	t.Helper()
	ctx := context.Background()
	db, err := warehouse.OpenMemory(warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	script, err := os.ReadFile(filepath.Join(lake, "attach.duckdb.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"attach ':memory:' as lake", "use lake", "set variable lake = " + warehouse.Quote(lake), string(script), "use lake.raw"} {
		if _, err := db.Conn.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	var turn sync.Mutex
	c := New(t, false)
	c.Answer = func(statement string) ([]Column, [][]any, *Fault) {
		turn.Lock()
		defer turn.Unlock()
		rows, err := db.Conn.QueryContext(ctx, strings.ReplaceAll(statement, `"lake".information_schema.`, "information_schema.")) // which DuckDB has of all catalogs
		if err != nil {
			return nil, nil, faultOf(err)
		}
		defer rows.Close()
		types, err := rows.ColumnTypes()
		if err != nil {
			return nil, nil, faultOf(err)
		}
		var columns []Column
		for _, ct := range types {
			columns = append(columns, Column{ct.Name(), trinoType(ct.DatabaseTypeName())})
		}
		var out [][]any
		for rows.Next() {
			values, into := make([]any, len(types)), make([]any, len(types))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				return nil, nil, faultOf(err)
			}
			for i, v := range values {
				values[i] = written(v, types[i].DatabaseTypeName())
			}
			out = append(out, values)
		}
		if err := rows.Err(); err != nil {
			return nil, nil, faultOf(err)
		}
		return columns, out, nil
	}
	return c
}

func faultOf(err error) *Fault {
	name := "GENERIC_USER_ERROR"
	switch text := err.Error(); {
	case strings.Contains(text, "Table with name"), strings.Contains(text, "does not exist") && strings.Contains(text, "Catalog Error"):
		name = "TABLE_NOT_FOUND"
	case strings.Contains(text, "Parser Error"):
		name = "SYNTAX_ERROR"
	}
	return &Fault{name, err.Error()}
}

func trinoType(kind string) string {
	switch kind = strings.ToLower(kind); kind {
	case "timestamp":
		return "timestamp(6)"
	case "hugeint":
		return "bigint"
	case "float":
		return "real"
	case "\"null\"", "null":
		return "unknown"
	}
	return kind
}

// written is a value as Trino writes it.
func written(v any, kind string) any {
	plain := result.Plain(v, kind)
	if n, ok := plain.(json.Number); ok { // decimals are texts
		return n.String()
	}
	return plain
}
