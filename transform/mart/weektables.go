package mart

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// The history lies in a table for each fact that ever had rows, built.week_<fact>: one row for all metrics of the fact together,
// their aggregates beside one another. mart.metric_week is a view that gives each metric its own rows: laid out like that, the
// history of five metrics takes a fifth of the time and room. The totals of weeks without rows lie in built.empty_week.
const emptyTable = "built.empty_week"

// dropWeeks drops the history, also that of an earlier version, which was one table.
func dropWeeks(ctx context.Context, conn *sql.Conn) error {
	drops, err := warehouse.Strings(ctx, conn, `select 'drop table "' || schema_name || '"."' || replace(table_name, '"', '""') || '"' from duckdb_tables()
		where schema_name = 'mart' and table_name = 'metric_week' or schema_name = 'built' and (starts_with(table_name, '`+metric.WeekPrefix+`') or table_name in ('empty_week', 'cover_week'))
		union all select 'drop view mart.metric_week' from duckdb_views() where schema_name = 'mart' and view_name = 'metric_week'`)
	if err != nil || len(drops) == 0 {
		return err
	}
	_, err = conn.ExecContext(ctx, strings.Join(drops, "; "))
	return err
}

// openWeeks makes the tables of the history ready: from nothing without news, else those of facts that are declared no more go.
func (b *builder) openWeeks(n *news) error {
	b.tables = map[string]bool{}
	if n == nil {
		b.stale = true
		if err := dropWeeks(b.ctx, b.conn); err != nil {
			return err
		}
		return b.exec("create table " + emptyTable + " (zone varchar, metric varchar, week varchar, basis varchar, value double, is_ratio boolean, as_of date); create table " + metric.CoverTable +
			" (zone varchar, form varchar, submitter varchar, as_of date, expected bigint, received bigint, rows_refused bigint, values_emptied bigint)")
	}
	have, err := warehouse.Strings(b.ctx, b.conn, "select table_name from duckdb_tables() where schema_name = 'built' and starts_with(table_name, '"+metric.WeekPrefix+"')")
	if err != nil {
		return err
	}
	for _, name := range have {
		b.tables["built."+warehouse.Ident(name)] = true
	}
	if len(n.moved) == 0 {
		return nil
	}
	b.stale = true
	gone := maps.Clone(b.tables)
	names := make([]string, len(b.c.Metrics))
	for i, m := range b.c.Metrics {
		names[i] = warehouse.Quote(m.ID)
		delete(gone, metric.WeekTable(m.Fact))
	}
	for table := range gone {
		if err := b.dropWeekTable(table); err != nil {
			return err
		}
	}
	return b.exec("delete from " + emptyTable + " where metric not in (" + strings.Join(names, ", ") + ")")
}

func (b *builder) dropWeekTable(table string) error {
	delete(b.tables, table)
	b.stale = true
	return b.exec("drop table " + table)
}

// forget deletes what a job computes anew: every week, or the weeks from its first on, whose rows bear as-of dates within them.
func (b *builder) forget(j job, all bool) error {
	table := metric.WeekTable(j.fact)
	if all && b.tables[table] {
		if err := b.dropWeekTable(table); err != nil {
			return err
		}
	}
	if b.stats.Full {
		return nil
	}
	first := func(list []week) calendar.Date {
		if len(list) == 0 {
			return never
		}
		return list[0].start
	}
	then, now := first(j.then), first(j.now)
	if j.covers() {
		if err := b.exec(fmt.Sprintf("delete from %s where as_of >= date '%s'", metric.CoverTable, now)); err != nil {
			return err
		}
	}
	which := fmt.Sprintf("as_of >= date '%s' and as_of >= case basis when 'then' then date '%s' else date '%s' end",
		min(then, now), then, now) // the plain bound lets DuckDB pass most of the history over
	if b.tables[table] {
		if err := b.exec("delete from " + table + " where " + which); err != nil {
			return err
		}
	}
	var names []string
	for _, m := range b.c.MetricsOf(j.fact) {
		names = append(names, warehouse.Quote(m.ID))
	}
	return b.exec("delete from " + emptyTable + " where metric in (" + strings.Join(names, ", ") + ") and " + which)
}

// insertCover writes what figures of ledgers wait for at the end of each week, as known now: readers of a series need it beside
// every figure, and would evaluate the obligations at each of its points.
func (b *builder) insertCover(j job, src *warehouse.Restated) error {
	if !j.covers() {
		return nil
	}
	ledgers, err := warehouse.Strings(b.ctx, b.conn, "select form from ctl.form where mode = 'ledger'")
	if err != nil || len(ledgers) == 0 {
		return err
	}
	known := func(model string) string { // what is known now is known at one time: half the points aren't evaluated
		return "(select * from " + src.Name(model) + " where known_at = timestamp '" + j.now[0].now.Format(warehouse.Stamp) + "')"
	}
	return b.exec("insert into " + metric.CoverTable + " select c.zone, c.form, c.submitter, c.as_of, sum(c.expected), sum(c.received), sum(c.refused), sum(c.emptied)\nfrom (" +
		metric.Covered(known(metric.ObligationTable), known(metric.CountedTable), ledgers, nil, true) +
		") as c(form, submitter, bucket, expected, received, refused, emptied, as_of, known_at, zone) join " + cells(nil, j.now) + " on " + sameRun + "\ngroup by all")
}

// insertWeeks writes the groups of one fact, and the totals of weeks in which it had no rows. In order of time, so that what a
// later run deletes and what a reader asks for lie together.
func (b *builder) insertWeeks(c *metric.Compiler, f *metric.Fact, groups, cells, on string) error {
	table, into := metric.WeekTable(f), "insert into "
	if !b.tables[table] {
		into = "create table "
		defer func() { b.tables[table], b.stale = true, true }()
	}
	into += table
	if !b.tables[table] {
		into += " as"
	}
	err := b.exec(into + " select c.zone, c.dimension, c.dimension_value, w.week, w.basis, w.as_of, c." + strings.Join(c.Aggregates(), ", c.") +
		"\nfrom (" + groups + ") as c join " + cells + " on " + on + "\norder by w.as_of, c.dimension")
	if err != nil {
		return err
	}
	return b.exec("insert into " + emptyTable + " " + emptyWeeks(c.Metrics, cells) + `
	where not exists (select 1 from ` + table + ` as f where f.dimension = 'total' and f.zone = z.zone and f.week = w.week and f.basis = w.basis)`)
}

// noRows notes metrics that have nothing but empty weeks, for insertEmpty.
func (b *builder) noRows(c *metric.Compiler, cells string) {
	if b.empty == nil {
		b.empty = map[string][]*metric.Metric{}
	}
	b.empty[cells] = append(b.empty[cells], c.Metrics...)
}

// insertEmpty writes the totals of the metrics that noRows noted.
func (b *builder) insertEmpty() error {
	for _, cells := range slices.Sorted(maps.Keys(b.empty)) {
		if err := b.exec("insert into " + emptyTable + " " + emptyWeeks(b.empty[cells], cells) + "\norder by as_of"); err != nil {
			return err
		}
	}
	b.empty = nil
	return nil
}

// emptyWeeks selects the totals of metrics in weeks without rows.
func emptyWeeks(metrics []*metric.Metric, cells string) string {
	var rows []string
	for _, m := range metrics {
		zero := "0"
		if m.IsRatio() || m.Value.Agg == "median" {
			zero = "null"
		}
		rows = append(rows, fmt.Sprintf("(%s, cast(%s as double), %t)", warehouse.Quote(m.ID), zero, m.IsRatio()))
	}
	return `select z.zone, d.metric, w.week, w.basis, d.zero, d.is_ratio, w.as_of
	from (select zone from ctl.zone union select zone from raw.return) as z
	cross join (values ` + strings.Join(rows, ", ") + `) as d(metric, zero, is_ratio)
	cross join ` + cells
}

// showWeeks makes the view mart.metric_week anew where tables came, went or changed.
func (b *builder) showWeeks() error {
	if !b.stale {
		return nil
	}
	parts := []string{`select zone, metric, 'total' as dimension, cast(null as varchar) as dimension_value, week, basis, value,
	cast(case when is_ratio then 0 end as decimal(38, 2)) as num, cast(case when is_ratio then 0 end as decimal(38, 2)) as den, as_of
from ` + emptyTable}
	for _, f := range b.c.Facts {
		ms := b.c.MetricsOf(f)
		if table := metric.WeekTable(f); len(ms) > 0 && b.tables[table] {
			value, join := "w.dimension_value", ""
			if b.spells(f) {
				value, join = "coalesce(s.shown, w.dimension_value)", " left join built.spelling as s on s.zone = w.zone and s.dimension = w.dimension and s.key = w.dimension_value"
			}
			parts = append(parts, "select w.zone, w.metric, w.dimension, "+value+", w.week, w.basis, w.value, w.num, w.den, w.as_of from ("+
				metric.NewCompiler(f, ms, "week").Unfolded(table, "zone", "week", "basis", "as_of")+") as w"+join)
		}
	}
	return b.exec("create or replace view mart.metric_week as\n" + strings.Join(parts, "\nunion all\n"))
}
