package mart

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

const definitions = "core.dim_metric"

// define writes core.dim_metric: what each figure means and how it is computed. A zone's model of that name stays.
func (b *builder) define() error {
	models, err := warehouse.Models(b.ctx, b.conn)
	if err != nil || slices.ContainsFunc(models, func(m warehouse.Model) bool { return m.Name == definitions }) {
		return err
	}
	text := func(s string) string {
		if s == "" {
			return "null"
		}
		return warehouse.Quote(s)
	}
	var rows []string
	for i, m := range b.c.Metrics {
		c := metric.NewCompiler(m.Fact, []*metric.Metric{m}, "")
		value, num, den := "", "", ""
		if m.IsRatio() {
			num, den = c.Said(m, m.Num), c.Said(m, m.Den)
		} else {
			value = c.Said(m, m.Value)
		}
		rows = append(rows, fmt.Sprintf("(%s)", strings.Join([]string{text(m.ID), text(m.Label), text(string(m.Unit)), text(m.Definition), text(strings.Join(m.Fact.Forms, ", ")), text(m.Fact.Table),
			text(string(m.Fact.Mode)), text(value), text(num), text(den), text(m.Better), text(strings.Join(m.Dimensions, ", ")), fmt.Sprintf("cast(%d as integer)", i+1)}, ", ")))
	}
	wanted := "select * from (values " + strings.Join(rows, ",\n") + ") as t(metric, label, unit, definition, form, model, mode, value_sql, num_sql, den_sql, better, dimensions, seq)"
	if have, err := warehouse.Strings(b.ctx, b.conn, "select table_name from duckdb_tables() where schema_name = 'core' and table_name = 'dim_metric'"); err != nil {
		return err
	} else if len(have) > 0 {
		same, err := warehouse.Strings(b.ctx, b.conn, "select cast((select count(*) from (("+wanted+" except from "+definitions+") union all (from "+definitions+" except "+wanted+"))) as varchar)")
		if err == nil && len(same) == 1 && same[0] == "0" {
			return nil
		}
	}
	return b.exec("create or replace table " + definitions + " as " + wanted)
}
