package queries

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// MovedTable is a model whose rows other texts would change.
type MovedTable struct {
	Model      string
	Gone, Came int64 // rows only in the publication, rows only with the edited texts
	Err        string
}

// Edited evaluates other texts of models over the published data and says
// which published figures would move (in total, and by dimension where the
// total stays), and how many rows of which models.
func (r *Reader) Edited(ctx context.Context, models []warehouse.Model) (figures []Change, tables []MovedTable, err error) {
	published, err := r.Models(ctx)
	if err != nil {
		return nil, nil, err
	}
	old := map[string]string{}
	for _, m := range published {
		old[m.Name] = m.SQL
	}
	edited := map[string]bool{}
	for _, m := range models {
		if t, ok := old[m.Name]; !ok || t != m.SQL {
			edited[m.Name] = true
		}
	}
	if len(edited) == 0 {
		return nil, nil, nil
	}
	affected := map[string]bool{}
	for _, m := range models { // in building order
		affected[m.Name] = edited[m.Name]
		for _, d := range m.Reads {
			affected[m.Name] = affected[m.Name] || affected[d]
		}
	}
	asks := r.asksOf(affected)
	var before [][]Figure
	for _, a := range asks {
		f, err := r.Metrics(ctx, a)
		if err != nil {
			return nil, nil, err
		}
		before = append(before, f)
	}
	other := r.over(models, edited)
	defer func() { err = errors.Join(err, other.forget(ctx)) }()
	if tables, err = other.movedTables(ctx, affected); err != nil {
		return nil, nil, err
	}
	moved := map[string]bool{}
	for i, a := range asks {
		f, err := other.Metrics(ctx, a)
		if err != nil {
			return nil, tables, err
		}
		for _, c := range changedFigures(before[i], f) {
			if i == 0 {
				moved[c.After.Metric.ID] = true
			}
			if i == 0 || !moved[c.After.Metric.ID] {
				figures = append(figures, c)
			}
		}
	}
	return figures, tables, nil
}

// asksOf asks for every metric over some models: first in total, then by each dimension that divides a total.
func (r *Reader) asksOf(affected map[string]bool) (asks []Ask) {
	of := func(wanted func(*metric.Metric) bool) (ids []string) {
		for _, m := range r.Catalogue.Metrics {
			if affected[m.Fact.Table] && wanted(m) {
				ids = append(ids, m.ID)
			}
		}
		return ids
	}
	if all := of(func(*metric.Metric) bool { return true }); len(all) > 0 {
		asks = append(asks, Ask{Metrics: all})
	}
	for _, d := range r.Catalogue.Dimensions {
		if d.ID == "week" || d.ID == "month" || d.ID == "zone" {
			continue
		}
		if some := of(func(m *metric.Metric) bool { return m.Allows(d.ID) }); len(some) > 0 {
			asks = append(asks, Ask{Metrics: some, By: []string{d.ID}})
		}
	}
	return asks
}

// over is another reader of the same publication, over other models. It has no
// file of its own to close.
func (r *Reader) over(models []warehouse.Model, edited map[string]bool) *Reader {
	return &Reader{Catalogue: r.Catalogue, path: r.path, db: r.db, engine: r.engine, loc: r.loc, point: r.point, seq: r.seq, names: r.names, places: r.places, zones: r.zones, sharedNames: r.sharedNames,
		models: models, edited: edited, prefix: "e"}
}

// movedTables compares the affected models other than staging, row by row.
func (r *Reader) movedTables(ctx context.Context, affected map[string]bool) ([]MovedTable, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	models, err := r.published(ctx)
	if err != nil {
		return nil, err
	}
	var out []MovedTable
	var wanted []string
	for _, m := range models {
		if affected[m.Name] && m.Kind != "stg" {
			wanted = append(wanted, m.Name)
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	src, err := r.source(ctx, []warehouse.Point{r.point}, wanted...)
	if err != nil {
		return nil, err
	}
	for _, w := range wanted {
		t := MovedTable{Model: w}
		have, err := warehouse.Strings(ctx, r.db.Conn, "select table_name from information_schema.tables where table_schema || '.' || table_name = ?", w)
		if err != nil {
			return nil, err
		}
		q := fmt.Sprintf("select 0, count(*) from %s", src.Name(w))
		if len(have) > 0 {
			q = fmt.Sprintf("select (select count(*) from (select * from %[1]s except all select * from %[2]s)), (select count(*) from (select * from %[2]s except all select * from %[1]s))", w, src.Name(w))
		}
		got, err := r.table(ctx, q)
		switch {
		case err != nil && strings.Contains(err.Error(), "Set operations"):
			t.Err = lang.Phrase("its columns differ", "列不同")
		case err != nil:
			return nil, fmt.Errorf("%s: %w", w, err)
		default:
			t.Gone, _ = got.Rows[0][0].(int64)
			t.Came, _ = got.Rows[0][1].(int64)
		}
		if t.Gone+t.Came > 0 || t.Err != "" {
			out = append(out, t)
		}
	}
	return out, nil
}
