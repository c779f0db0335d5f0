package transform

import (
	"taizhang/internal/portable"
)

// Lint names what DuckDB and Trino would read differently in a model, with line and column. The
// text has run on DuckDB; what remains is spelling. types are of columns, by name.
func Lint(m Model, types map[string]string) []*ModelError {
	var out []*ModelError
	for _, f := range portable.Check(m.SQL, portable.Options{Staging: m.Layer == "stg", Types: types}) {
		out = append(out, &ModelError{File: m.File, Line: f.Line, Column: f.Column, Message: f.Message()})
	}
	return out
}
