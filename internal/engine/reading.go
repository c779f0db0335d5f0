package engine

import (
	"context"
	"errors"

	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// reading is what a reader reads of Trino: one run, whichever is published meanwhile.
type reading struct {
	*Trino
	run    string
	names  map[string]string
	models []warehouse.Model
	parser *warehouse.DB
}

// Read resolves the run that counts, to answer from it alone.
func (t *Trino) Read(ctx context.Context) (Engine, error) {
	run, err := t.Current(ctx)
	if err != nil {
		return nil, err
	}
	if run == "" {
		return nil, &Failure{lang.Errorf("nothing was published in catalog %s yet: taizhang models run --engine trino builds and publishes", "目录 %s 中还没有发布过：请先执行 taizhang models run --engine trino", t.Catalog)}
	}
	return t.ReadRun(ctx, run)
}

// ReadRun is Read of one run, published or not.
func (t *Trino) ReadRun(ctx context.Context, run string) (Engine, error) {
	models, err := t.models(ctx, run)
	if err != nil {
		return nil, err
	}
	parser, err := warehouse.OpenMemory(warehouse.Options{})
	if err != nil {
		return nil, err
	}
	return &reading{t, run, t.names(run, models), models, parser}, nil
}

func (r *reading) Table(ctx context.Context, query string, args ...any) (result.Table, error) {
	return r.Trino.Table(ctx, warehouse.Rename(query, r.names), args...)
}

func (r *reading) Models(context.Context) ([]warehouse.Model, error) { return r.models, nil }

// Restate makes no table: reading needs no right to write.
func (r *reading) Restate(ctx context.Context, models []warehouse.Model, o warehouse.RestateOptions, prefix string, points []warehouse.Point, wanted ...string) (*warehouse.Restated, error) {
	o.Inline = true
	return warehouse.Restate(ctx, nil, models, o, prefix, points, wanted...)
}

func (r *reading) Forget(context.Context, *warehouse.Restated) error { return nil }

func (r *reading) Parser() warehouse.Querier { return r.parser.Conn }

func (r *reading) Columns(ctx context.Context) (map[string][]string, error) {
	t, err := r.Trino.Table(ctx, "select table_schema || '.' || table_name, column_name from "+warehouse.Ident(r.Catalog)+
		".information_schema.columns where table_schema in ('raw', 'ctl') order by 1, ordinal_position")
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, v := range t.Rows {
		table, _ := v[0].(string)
		column, _ := v[1].(string)
		out[table] = append(out[table], column)
	}
	return out, nil
}

func (r *reading) Close() error { return errors.Join(r.parser.Close(), r.Trino.Close()) }
