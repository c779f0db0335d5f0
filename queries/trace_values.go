package queries

import (
	"context"
	"slices"

	"taizhang/internal/lineage"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// fieldsRead are the columns of a metric's form, in their order, that what it
// counts and adds up follows from.
func (r *Reader) fieldsRead(ctx context.Context, m *metric.Metric) ([]Cell, error) {
	if m.Fact.Form == "" || m.Fact.Mode == metric.Obligation {
		return nil, nil
	}
	g, err := r.lineage(ctx)
	if err != nil || g.Model(m.Fact.Table) == nil {
		return nil, err
	}
	var columns []string
	for _, x := range m.Measures() {
		for _, e := range []string{x.Expr, x.Where} {
			if e == "" {
				continue
			}
			names, err := metric.ColumnsRead(ctx, r.db.Conn, e)
			if err != nil {
				return nil, err
			}
			columns = append(columns, names...)
		}
	}
	if m.Newest != nil {
		columns = append(append(columns, m.Newest.Of), m.Newest.Per...)
	}
	if m.Fact.Mode == metric.Period {
		columns = append(columns, "own_on")
	}
	table := "raw." + m.Fact.Form
	var roots []lineage.Column
	for _, c := range columns {
		roots = append(roots, g.Roots(lineage.Column{Table: m.Fact.Table, Name: c})...)
	}
	var out []Cell
	err = warehouse.Each(ctx, r.db.Conn, "select f.field, f.title from ctl.form_column as f join duckdb_columns() as c on c.schema_name = 'raw' and c.table_name = f.form and c.column_name = f.field where f.form = "+
		warehouse.Quote(m.Fact.Form)+" order by f.seq", func(v []any) error {
		field, _ := v[0].(string)
		title, _ := v[1].(string)
		if slices.Contains(roots, lineage.Column{Table: table, Name: field}) {
			out = append(out, Cell{Title: title, Field: field})
		}
		return nil
	})
	return out, err
}
