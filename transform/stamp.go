package transform

import (
	"slices"
	"strings"

	"taizhang/internal/warehouse"
)

// Macros that give the date and time of the run. The views over the tables of
// models take their as_of and known_at from them, so that a run replaces two
// macros and no view: a view that is made anew loses the comments on its
// columns, and a statement for each costs a run more than its models do. A
// macro is a constant once a query is bound; subqueries on ctl.run would be
// planned each time that a query names a model.
const (
	runAsOf    = "ctl.run_as_of()"
	runKnownAt = "ctl.run_known_at()"
)

// readViews learns how the tables and views of models are laid out.
func (b *builder) readViews() error {
	err := warehouse.Each(b.ctx, b.conn, "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() where not internal and schema_name in ('built', 'core', 'mart') order by column_index", func(v []any) error {
		name := v[0].(string)
		b.laid[name] = append(b.laid[name], column{v[1].(string), v[2].(string)})
		return nil
	})
	if err != nil {
		return err
	}
	return warehouse.Each(b.ctx, b.conn, "select schema_name || '.' || view_name, sql from duckdb_views() where not internal and schema_name in ('core', 'mart')", func(v []any) error {
		text := v[1].(string)
		b.stamped[v[0].(string)] = strings.Contains(text, runAsOf) || strings.Contains(text, runKnownAt)
		return nil
	})
}

// setRun lets the macros give the date and time of this run.
func (b *builder) setRun() error {
	if !b.oneRun {
		return nil
	}
	return b.exec("create or replace macro " + runAsOf + " as date " + warehouse.Quote(b.asOf) + ";" +
		"create or replace macro " + runKnownAt + " as cast(" + warehouse.Quote(b.knownAt) + " as timestamp(6))")
}

// stamp makes the view over the table of a model, with the date and time of
// the run, unless the one that stands is the same.
func (b *builder) stamp(m Model) error {
	table := tableOf(m.Name)
	cols := b.laid[table]
	star := "*"
	if b.oneRun && slices.ContainsFunc(cols, ofRun) {
		star = stamped(cols)
	}
	if b.objects[m.Name] == "VIEW" && b.stamped[m.Name] == (star != "*") && slices.Equal(b.laid[m.Name], cols) {
		return nil
	}
	if err := b.drop(m.Name, "VIEW"); err != nil {
		return err
	}
	return b.exec("create or replace view " + m.Name + " as select " + star + " from " + table)
}

// ofRun says whether a column is the run's own, whatever its rows are.
func ofRun(c column) bool { return c.name == "as_of" || c.name == "known_at" }

func stamped(cols []column) string {
	out := make([]string, len(cols))
	for i, c := range cols {
		switch out[i] = warehouse.Ident(c.name); c.name {
		case "as_of":
			out[i] = runAsOf + " as as_of"
		case "known_at":
			out[i] = runKnownAt + " as known_at"
		}
	}
	return strings.Join(out, ", ")
}
