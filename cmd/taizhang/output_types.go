package main

import (
	"encoding/json"
	"strings"

	"taizhang/internal/result"
)

// timeKeys are the keys of our own listings that hold dates and times.
var timeKeys = map[string]string{"as_of": "DATE", "cutoff": "DATE", "known_at": "TIMESTAMPTZ", "received_at": "TIMESTAMPTZ", "due_at": "TIMESTAMPTZ"}

// typed gives the columns their types; where a query doesn't tell them the values do.
func (l listing) typed(columns []string) []result.Column {
	out := make([]result.Column, len(columns))
	for i, c := range columns {
		out[i] = result.Column{Name: c, Type: l.types[c]}
		if out[i].Type == "" && l.types == nil {
			out[i].Type = timeKeys[c]
		}
		if out[i].Type == "" {
			out[i].Type = l.typeOf(c)
		}
	}
	return out
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
