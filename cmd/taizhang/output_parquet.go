package main

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	"taizhang/internal/warehouse"
)

// writeParquet writes a listing as a Parquet file; where types aren't known the values tell.
func (l listing) writeParquet(w io.Writer, columns []string) error {
	cols := make([]warehouse.Column, len(columns))
	rows := make([][]any, len(l.records))
	for i, r := range l.records {
		rows[i] = make([]any, len(columns))
		for j, c := range columns {
			if v := r.Get(c); v != nil {
				rows[i][j] = cellText(v, "parquet")
			}
		}
	}
	for j, c := range columns {
		cols[j] = warehouse.Column{Name: c, SQLType: l.types[c]}
		if cols[j].SQLType == "" {
			cols[j].SQLType = l.typeOf(c)
		}
	}
	return warehouse.WriteParquet(context.Background(), w, cols, rows)
}

// typeOf is the narrowest type that holds all values of a column.
func (l listing) typeOf(column string) string {
	kind := ""
	for _, r := range l.records {
		k := ""
		switch v := r.Get(column).(type) {
		case nil:
			continue
		case bool:
			k = "BOOLEAN"
		case int, int64:
			k = "BIGINT"
		case float64:
			k = "DOUBLE"
		case json.Number:
			k = "DOUBLE"
			if _, frac, ok := strings.Cut(v.String(), "."); ok && len(frac) == 2 && kind != "DOUBLE" {
				k = "DECIMAL(38,2)" // money
			} else if !ok && !strings.ContainsAny(v.String(), "eE") {
				k = "HUGEINT"
			}
		default:
			return "VARCHAR"
		}
		switch {
		case kind == "" || kind == k:
			kind = k
		case kind == "BOOLEAN" || k == "BOOLEAN":
			return "VARCHAR"
		case kind == "DOUBLE" || k == "DOUBLE":
			kind = "DOUBLE"
		case kind == "DECIMAL(38,2)" || k == "DECIMAL(38,2)": // whole numbers among money
			kind = "DECIMAL(38,2)"
		default:
			kind = "HUGEINT"
		}
	}
	if kind == "" {
		return "VARCHAR"
	}
	return kind
}
