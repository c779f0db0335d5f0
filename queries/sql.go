package queries

import (
	"context"

	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/queries/fence"
)

// SQL runs a query that somebody typed, fenced, on the reader's publication.
func (r *Reader) SQL(ctx context.Context, query string, f fence.Options, args ...string) (result.Table, error) {
	return fence.Run(ctx, r.path, r.loc.String(), query, f, args...)
}

// StreamSQL is SQL for results that need not be held in memory.
func (r *Reader) StreamSQL(ctx context.Context, query string, f fence.Options, columns func([]result.Column) error, row func([]any) error, truncated func(), args ...string) error {
	return fence.Stream(ctx, r.path, r.loc.String(), query, f, columns, row, truncated, args...)
}

// Elsewhere is a point as a fenced query takes it, nil for the publication's own.
func (r *Reader) Elsewhere(p warehouse.Point) *warehouse.Point {
	if p = r.At(p); r.isPublished(p) {
		return nil
	}
	return &p
}
