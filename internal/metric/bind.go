package metric

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Check compares the declarations with the models of a database: every table
// and column that a fact, dimension or expression names must exist. The error
// is all that is wrong, each a *decl.Fault with the nearest known name.
func (c *Catalogue) Check(ctx context.Context, q warehouse.Querier) error {
	return c.check(ctx, q, func(*Metric) bool { return true })
}

// CheckOwn is Check of the metrics that a zone declares itself.
func (c *Catalogue) CheckOwn(ctx context.Context, q warehouse.Querier) error {
	if !slices.ContainsFunc(c.Metrics, (*Metric).isOwn) {
		return nil
	}
	return c.check(ctx, q, (*Metric).isOwn)
}

// Blame is what of the declarations makes a statement fail, else why it failed.
func (c *Catalogue) Blame(ctx context.Context, q warehouse.Querier, why error) error {
	var f *decl.Fault
	if err := c.Check(ctx, q); errors.As(err, &f) {
		return err
	}
	return why
}

func (m *Metric) isOwn() bool { return m.pos.File != builtinName }

func (c *Catalogue) check(ctx context.Context, q warehouse.Querier, which func(*Metric) bool) error {
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
	var faults []error
	for _, f := range c.Facts {
		if columns[f.Table] == nil {
			faults = append(faults, f.pos.Fault("unknown table %q%s", "没有表“%s”%s", f.Table, decl.DidYouMean(f.Table, tables)))
			continue
		}
		for _, d := range f.order {
			faults = append(faults, known(f.Dimensions[d], columns[f.Table], f.Table, f.dimPos[d]))
			if column, is := f.Spelled(d); is {
				faults = append(faults, known(column, columns[f.Table], f.Table, f.dimPos[d]))
			}
		}
	}
	for _, m := range c.Metrics {
		if columns[m.Fact.Table] != nil && which(m) {
			faults = append(faults, m.check(ctx, q, columns[m.Fact.Table])...)
		}
	}
	return errors.Join(faults...)
}

func (m *Metric) check(ctx context.Context, q warehouse.Querier, columns []string) (faults []error) {
	if m.Newest != nil {
		for _, col := range append([]string{m.Newest.Of}, m.Newest.Per...) {
			faults = append(faults, known(col, columns, m.Fact.Table, m.pos))
		}
	}
	for _, x := range m.Measures() {
		for _, e := range []struct {
			text string
			pos  decl.Pos
		}{{x.Expr, x.exprPos}, {x.Where, x.wherePos}} {
			if e.text == "" {
				continue
			}
			names, functions, err := namesIn(ctx, q, e.text)
			if err == nil {
				err = steady(ctx, q, functions)
			}
			if err != nil {
				faults = append(faults, e.pos.Fault("metric %s: %v", "指标 %s：%v", m.ID, err))
			}
			for _, n := range names {
				faults = append(faults, known(n, columns, m.Fact.Table, e.pos))
			}
		}
	}
	if errors.Join(faults...) == nil {
		faults = append(faults, m.bind(ctx, q))
	}
	return faults
}

// bind has the engine look at each measure: functions, types, brackets that don't match.
func (m *Metric) bind(ctx context.Context, q warehouse.Querier) error {
	c := NewCompiler(m.Fact, []*Metric{m}, "")
	try := func(sql string) error {
		_, err := warehouse.Strings(ctx, q, "select cast(x as varchar) from (select "+sql+" as x from (select * from "+m.Fact.Table+" limit 0)) limit 0")
		return err
	}
	for _, x := range m.Measures() {
		if x.Where != "" { // a number or a text would pass for a condition, until a row's can't be
			got, err := warehouse.Strings(ctx, q, "select typeof(any_value(x)) from (select "+x.Where+" as x from (select * from "+m.Fact.Table+" limit 0))")
			if err == nil && len(got) > 0 && got[0] != "BOOLEAN" {
				return x.wherePos.Fault("metric %s: %q is no condition but %s", "指标 %s：“%s”不是条件，而是 %s", m.ID, x.Where, got[0])
			}
		}
		plain := *m
		plain.Newest = nil
		c.Metrics[0] = &plain
		for _, e := range []struct {
			sql string
			pos decl.Pos
		}{{"(" + cmp.Or(x.Where, "true") + ") is true", x.wherePos}, {c.aggregate(&plain, &Measure{Agg: x.Agg, Expr: x.Expr}), x.exprPos}} {
			if err := try(e.sql); err != nil {
				first, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
				return e.pos.Fault("metric %s: %s", "指标 %s：%s", m.ID, first)
			}
		}
	}
	return nil
}

// known is nil where a table has a column, else what is wrong.
func known(column string, columns []string, table string, at decl.Pos) error {
	if slices.Contains(columns, column) {
		return nil
	}
	return at.Fault("%s has no column %q%s", "%s 没有列“%s”%s", table, column, decl.DidYouMean(column, columns))
}

// steady says which of some functions give another value each time, or each day: a figure would not be its trace's, nor that
// of its date.
func steady(ctx context.Context, q warehouse.Querier, functions []string) error {
	for _, f := range functions {
		got, err := warehouse.Strings(ctx, q, "select function_name from duckdb_functions() where function_name = "+warehouse.Quote(strings.ToLower(f))+" and stability in ('VOLATILE', 'CONSISTENT_WITHIN_QUERY') limit 1")
		if err != nil {
			return err
		}
		if len(got) > 0 {
			return lang.Errorf("%s() doesn't give the same value each time: a figure follows from its rows and its date alone", "%s() 每次的值不同：数字只能由数据行和截至日期算出", f)
		}
	}
	return nil
}

// ColumnsRead are the columns that an expression names, by DuckDB's parser.
func ColumnsRead(ctx context.Context, q warehouse.Querier, expr string) ([]string, error) {
	columns, _, err := namesIn(ctx, q, expr)
	return columns, err
}

// namesIn are the columns and the functions that an expression names.
func namesIn(ctx context.Context, q warehouse.Querier, expr string) (columns, functions []string, err error) {
	got, err := warehouse.Strings(ctx, q, "select cast(json_serialize_sql(cast(? as varchar)) as varchar)", "select "+expr+" as x")
	if err != nil || len(got) == 0 {
		return nil, nil, err
	}
	var tree struct {
		Error   bool   `json:"error"`
		Message string `json:"error_message"`
		All     any    `json:"statements"`
	}
	if err := json.Unmarshal([]byte(got[0]), &tree); err != nil {
		return nil, nil, err
	}
	if tree.Error {
		return nil, nil, lang.Errorf("%s in %q", "%[2]q 中的%[1]s", tree.Message, expr)
	}
	if n := strings.Count(got[0], `"SELECT_NODE"`); n != 1 {
		return nil, nil, lang.Errorf("an expression can't hold a SELECT: %q", "表达式中不能有 SELECT：%q", expr)
	}
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
					columns = append(columns, fmt.Sprint(parts[len(parts)-1]))
				}
			}
			if name, ok := x["function_name"].(string); ok && x["class"] == "FUNCTION" {
				functions = append(functions, name)
			}
			for _, c := range x {
				walk(c)
			}
		}
	}
	walk(tree.All)
	sort.Strings(columns)
	sort.Strings(functions)
	return columns, functions, nil
}
