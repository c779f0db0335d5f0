package queries

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// notKept are the dimensions that the marts keep no figures by.
var notKept = []string{"zone", "week", "month"}

// keptBy are the dimensions, quoted, that kept figures answer a question by; nil where it is asked by others, or under conditions.
func (q question) keptBy() []string {
	if len(q.where) > 0 || len(q.by) > 1 || q.buckets != nil || len(q.by) == 1 && slices.Contains(notKept, q.by[0]) {
		return nil
	}
	var out []string
	for _, d := range q.by {
		out = append(out, warehouse.Quote(d))
	}
	if q.total || len(q.by) == 0 {
		out = append(out, "'total'")
	}
	return out
}

// kept answers a question from the figures that the publication keeps. It gives
// none where they have to be computed: elsewhere than at the publication's own
// point, under conditions or by two dimensions, over models or by metrics that
// were edited since, and where a publication holds several zones; another engine than DuckDB keeps none.
func (r *Reader) kept(ctx context.Context, q question) ([]Figure, error) {
	dimensions := q.keptBy()
	if r.db == nil || q.timed() || dimensions == nil || !r.isPublished(q.points[0]) {
		return nil, nil
	}
	facts := metric.FactsOf(q.metrics)
	if ok, err := r.asDeclared(ctx, facts); err != nil || !ok {
		return nil, err
	}
	t, err := r.keptFigures(ctx, q, dimensions)
	if err != nil {
		return nil, err
	}
	cover, err := r.coverage(ctx, &warehouse.Restated{}, facts, q)
	if err != nil {
		return nil, err
	}
	a := tally{q: q, cover: cover, seen: map[seenGroup]bool{}}
	if !a.addKept(t.Rows) {
		return nil, nil
	}
	return r.whole(a, facts), nil
}

// keptFigures reads the kept figures of a question's metrics.
func (r *Reader) keptFigures(ctx context.Context, q question, dimensions []string) (result.Table, error) {
	names := make([]string, len(q.metrics))
	for i, m := range q.metrics {
		names[i] = warehouse.Quote(m.ID)
	}
	t, err := r.table(ctx, `select metric, dimension, dimension_value, exact, exact_type, exact_den, exact_den_type, expected, received
		from built.metric_figure where metric in (`+strings.Join(names, ", ")+`) and dimension in (`+strings.Join(dimensions, ", ")+`)`)
	if err != nil {
		return t, lang.Errorf("kept figures: %w", "保存的数字：%w", err)
	}
	return t, nil
}

// addKept adds kept figures; false where they are not the answer.
func (a *tally) addKept(rows [][]any) bool {
	q := a.q
	type group struct {
		metric *metric.Metric
		value  any
		total  bool
	}
	twice, totals := map[group]bool{}, map[*metric.Metric]bool{}
	for _, row := range rows {
		m := q.metrics[slices.IndexFunc(q.metrics, func(m *metric.Metric) bool { return m.ID == row[0] })]
		g := group{m, row[2], row[1] == "total"}
		if twice[g] { // of several zones
			return false
		}
		twice[g] = true
		totals[m] = totals[m] || g.total
		var dims []DimValue
		if !g.total {
			dims = dimsOf(q.by, row[2:])
		}
		values := []any{asIs(row[3], row[4])}
		if m.IsRatio() {
			values = append(values, asIs(row[5], row[6]))
		}
		a.add([]*metric.Metric{m}, q.points[0], dims, append(values, row[7], row[8]))
	}
	if !q.total && len(q.by) > 0 {
		return true
	}
	// Of a fact without rows nothing is kept; what its nought is, 0 or 0.00, the statement tells.
	return !slices.ContainsFunc(q.metrics, func(m *metric.Metric) bool { return !totals[m] })
}

// asIs reads a kept value: its text, as what it was.
func asIs(value, sqlType any) any {
	text, ok := value.(string)
	if !ok {
		return nil
	}
	return result.Typed(json.Number(text), sqlType.(string))
}
