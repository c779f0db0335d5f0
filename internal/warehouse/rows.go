package warehouse

import (
	"context"
	"database/sql"
)

// Querier is a connection that can be asked: *sql.Conn, *sql.Tx or *sql.DB.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Strings returns the first column of a query as texts, nulls left out.
func Strings(ctx context.Context, q Querier, query string, args ...any) ([]string, error) {
	var out []string
	err := Each(ctx, q, query, func(v []any) error {
		if s, ok := v[0].(string); ok {
			out = append(out, s)
		}
		return nil
	}, args...)
	return out, err
}

// PlainColumns are the columns of the tables of the schemas raw and ctl, in their order.
func PlainColumns(ctx context.Context, q Querier) (map[string][]string, error) {
	out := map[string][]string{}
	err := Each(ctx, q, "select table_schema || '.' || table_name, column_name from information_schema.columns where table_schema in ('raw', 'ctl') order by 1, ordinal_position", func(v []any) error {
		out[v[0].(string)] = append(out[v[0].(string)], v[1].(string))
		return nil
	})
	return out, err
}

// Each calls f with the values of every row. The slice is used again for the
// next row.
func Each(ctx context.Context, q Querier, query string, f func(values []any) error, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(cols))
	into := make([]any, len(cols))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := f(values); err != nil {
			return err
		}
	}
	return rows.Err()
}
