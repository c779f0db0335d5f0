package queries

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"taizhang/internal/warehouse"
)

// Check compares the declarations with the models of a database: every table
// and column that a fact, dimension or expression names must exist. The error
// is a *DeclarationError with file, line, column and the nearest known name.
func (c *Catalogue) Check(ctx context.Context, q warehouse.Querier) error {
	columns := map[string][]string{}
	err := warehouse.Each(ctx, q, "select table_schema || '.' || table_name, column_name from information_schema.columns where table_schema in ('stg', 'core', 'mart') order by 1, ordinal_position", func(v []any) error {
		columns[v[0].(string)] = append(columns[v[0].(string)], v[1].(string))
		return nil
	})
	if err != nil {
		return err
	}
	var tables []string
	for t := range columns {
		tables = append(tables, t)
	}
	sort.Strings(tables)
	for _, f := range c.Facts {
		if columns[f.Table] == nil {
			return &DeclarationError{f.pos, fmt.Sprintf("unknown table %q%s", f.Table, didYouMean(f.Table, tables))}
		}
		for _, d := range f.order {
			if err := known(f.Dimensions[d], columns[f.Table], f.Table, f.dimPos[d]); err != nil {
				return err
			}
		}
	}
	for _, m := range c.Metrics {
		if err := m.check(ctx, q, columns[m.Fact.Table]); err != nil {
			return err
		}
	}
	return nil
}

func (m *Metric) check(ctx context.Context, q warehouse.Querier, columns []string) error {
	if m.Newest != nil {
		for _, col := range append([]string{m.Newest.Of}, m.Newest.Per...) {
			if err := known(col, columns, m.Fact.Table, m.pos); err != nil {
				return err
			}
		}
	}
	for _, x := range m.measures() {
		for _, e := range []struct {
			text string
			pos  Pos
		}{{x.Expr, x.exprPos}, {x.Where, x.wherePos}} {
			if e.text == "" {
				continue
			}
			names, err := columnsRead(ctx, q, e.text)
			if err != nil {
				return &DeclarationError{e.pos, fmt.Sprintf("metric %s: %v", m.ID, err)}
			}
			for _, n := range names {
				if err := known(n, columns, m.Fact.Table, e.pos); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func known(column string, columns []string, table string, at Pos) error {
	for _, c := range columns {
		if c == column {
			return nil
		}
	}
	return &DeclarationError{at, fmt.Sprintf("%s has no column %q%s", table, column, didYouMean(column, columns))}
}

// columnsRead are the columns that an expression names, by DuckDB's parser.
func columnsRead(ctx context.Context, q warehouse.Querier, expr string) ([]string, error) {
	got, err := warehouse.Strings(ctx, q, "select cast(json_serialize_sql(cast(? as varchar)) as varchar)", "select "+expr+" as x")
	if err != nil || len(got) == 0 {
		return nil, err
	}
	var tree struct {
		Error   bool   `json:"error"`
		Message string `json:"error_message"`
		All     any    `json:"statements"`
	}
	if err := json.Unmarshal([]byte(got[0]), &tree); err != nil {
		return nil, err
	}
	if tree.Error {
		return nil, fmt.Errorf("%s in %q", tree.Message, expr)
	}
	if n := strings.Count(got[0], `"SELECT_NODE"`); n != 1 {
		return nil, fmt.Errorf("an expression can't hold a SELECT: %q", expr)
	}
	var names []string
	var walk func(any)
	walk = func(v any) {
		switch x := v.(type) {
		case []any:
			for _, c := range x {
				walk(c)
			}
		case map[string]any:
			if x["class"] == "COLUMN_REF" {
				parts, _ := x["column_names"].([]any)
				if len(parts) > 0 {
					names = append(names, fmt.Sprint(parts[len(parts)-1]))
				}
			}
			for _, c := range x {
				walk(c)
			}
		}
	}
	walk(tree.All)
	sort.Strings(names)
	return names, nil
}
