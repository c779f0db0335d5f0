package engine

import (
	"context"

	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// Engine answers a reader's questions from what was published. Texts name
// tables by schema (raw, ctl, core, mart), whichever engine reads them.
type Engine interface {
	// Table runs a query and reads it whole.
	Table(ctx context.Context, query string, args ...any) (result.Table, error)
	// Models are the published texts in building order.
	Models(ctx context.Context) ([]warehouse.Model, error)
	// Restate gives names to read models by as they stand at other points.
	Restate(ctx context.Context, models []warehouse.Model, o warehouse.RestateOptions, prefix string, points []warehouse.Point, wanted ...string) (*warehouse.Restated, error)
	// Forget removes what Restate made.
	Forget(ctx context.Context, r *warehouse.Restated) error
	// Parser is a DuckDB that expressions can be parsed with.
	Parser() warehouse.Querier
	// Columns are those of the plain tables.
	Columns(ctx context.Context) (map[string][]string, error)
	// Close ends it.
	Close() error
}

// Embedded is DuckDB with a publication.
func Embedded(db *warehouse.DB) Engine { return embedded{db} }

type embedded struct{ db *warehouse.DB }

func (e embedded) Models(ctx context.Context) ([]warehouse.Model, error) {
	return warehouse.Models(ctx, e.db.Conn)
}

func (e embedded) Restate(ctx context.Context, models []warehouse.Model, o warehouse.RestateOptions, prefix string, points []warehouse.Point, wanted ...string) (*warehouse.Restated, error) {
	return warehouse.Restate(ctx, e.db.Conn, models, o, prefix, points, wanted...)
}

func (e embedded) Forget(ctx context.Context, r *warehouse.Restated) error {
	return r.Drop(ctx, e.db.Conn)
}

func (e embedded) Parser() warehouse.Querier { return e.db.Conn }

func (e embedded) Columns(ctx context.Context) (map[string][]string, error) {
	return warehouse.PlainColumns(ctx, e.db.Conn)
}

func (e embedded) Close() error { return e.db.Close() }

func (e embedded) Table(ctx context.Context, query string, args ...any) (result.Table, error) {
	var t result.Table
	rows, err := e.db.Conn.QueryContext(ctx, query, args...)
	if err != nil {
		return t, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return t, err
	}
	into, again := make([]any, len(types)), make([]repeated, len(types))
	for _, ct := range types {
		t.Columns = append(t.Columns, result.Column{Name: ct.Name(), Type: ct.DatabaseTypeName()})
	}
	for rows.Next() {
		values := make([]any, len(types))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return t, err
		}
		for i := range values {
			values[i] = again[i].one(result.Plain(values[i], t.Columns[i].Type))
		}
		t.Rows = append(t.Rows, values)
	}
	return t, rows.Err()
}

// repeated keeps one of equal texts of a column: units, states and file names
// stand in every row of a ledger.
type repeated struct {
	seen      map[string]any
	hits, all int
}

func (r *repeated) one(v any) any {
	s, ok := v.(string)
	if !ok || r.all > 1000 && r.hits < r.all/2 { // a column of texts that differ
		return v
	}
	r.all++
	if same, ok := r.seen[s]; ok {
		r.hits++
		return same
	}
	if r.seen == nil {
		r.seen = map[string]any{}
	}
	if len(r.seen) < 4096 {
		r.seen[s] = v
	}
	return v
}
