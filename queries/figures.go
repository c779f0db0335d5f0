package queries

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// NoValue is how a group of rows without a value for a dimension is shown,
// and how it is asked for in Where (the empty text does as well).
const NoValue = "未填"

// Ask is a question for figures.
type Ask struct {
	Metrics []string          // empty: every metric that allows By and Where
	By      []string          // dimensions
	Where   map[string]string // dimension → value; submitters also by code
	Point
}

// DimValue is the value of a dimension; nil is the group of rows without one.
type DimValue struct {
	Dimension string
	Value     *string
}

// Coverage is what a figure waited for and what was left out of it.
type Coverage struct{ Expected, Received, RowsRefused, ValuesEmptied int64 }

// Figure is one value of a metric. Value, Num and Den are nil, int64, float64
// or json.Number (exact decimals).
type Figure struct {
	Metric          *Metric
	Value, Num, Den any
	Dims            []DimValue // none: the total
	Point
	Coverage Coverage
}

// Record is the figure with the keys of machine-readable output.
func (f Figure) Record() Record {
	r := Record{
		{"metric", f.Metric.ID}, {"label", f.Metric.Label}, {"unit", string(f.Metric.Unit)},
		{"value", f.Value}, {"num", f.Num}, {"den", f.Den},
		{"as_of", f.AsOf.String()}, {"known_at", f.KnownAt.Format(time.RFC3339)},
		{"returns_expected", f.Coverage.Expected}, {"returns_received", f.Coverage.Received},
		{"rows_refused", f.Coverage.RowsRefused}, {"values_emptied", f.Coverage.ValuesEmptied},
	}
	for _, d := range f.Dims {
		if d.Value == nil {
			r = append(r, Entry{d.Dimension, nil})
		} else {
			r = append(r, Entry{d.Dimension, *d.Value})
		}
	}
	return r
}

// Metrics computes figures: metric by metric in the order asked (or
// declared), the groups of each in 机构序列 or by value, rows without one last.
func (r *Reader) Metrics(ctx context.Context, a Ask) ([]Figure, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a, err := r.Named(a)
	if err != nil {
		return nil, err
	}
	a.Point = r.At(a.Point)
	a.Where = r.normal(a.Where)
	metrics, gr, err := r.resolve(a)
	if err != nil {
		return nil, err
	}
	out, err := r.asked(ctx, a, metrics, gr)
	if err != nil {
		return nil, err
	}
	if len(a.Where) > 0 && !slices.ContainsFunc(out, func(f Figure) bool { return !f.isEmpty() }) {
		return out, r.knownValues(ctx, a, metrics, gr)
	}
	return out, nil
}

// Figures computes metrics at points, in total and by one dimension (empty: in
// total alone): both from one look at the rows, metric by metric and point by
// point, the total before its groups.
func (r *Reader) Figures(ctx context.Context, points []Point, metrics []string, by string) ([]Figure, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	q := question{total: true}
	a := Ask{Metrics: metrics}
	if by != "" {
		a.By = []string{by}
	}
	var gr *grain
	var err error
	if q.metrics, gr, err = r.resolve(a); err != nil || len(points) == 0 || len(metrics) == 0 {
		return nil, err
	}
	for _, p := range points {
		q.points = append(q.points, r.At(p))
	}
	if gr == nil {
		q.by = a.By
		return r.evaluate(ctx, q)
	}
	out, err := r.evaluate(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, p := range q.points {
		a.Point = p
		groups, err := r.asked(ctx, a, q.metrics, gr)
		if err != nil {
			return nil, err
		}
		out = append(out, groups...)
	}
	return out, nil
}

// asked answers a resolved ask. Over time the state is read at the end of each
// bucket, while rows of a period are read once and told apart by their day.
func (r *Reader) asked(ctx context.Context, a Ask, metrics []*Metric, gr *grain) ([]Figure, error) {
	q := question{points: []Point{a.Point}, metrics: metrics, by: a.By, where: a.Where}
	if gr == nil {
		return r.evaluate(ctx, q)
	}
	if err := gr.span(a.Point, a.Where); err != nil {
		return nil, err
	}
	isState := func(m *Metric) bool { return m.Fact.Mode != Period }
	period, state := q, q
	period.metrics, period.buckets = slices.DeleteFunc(slices.Clone(metrics), isState), gr
	state.metrics = slices.DeleteFunc(slices.Clone(metrics), func(m *Metric) bool { return !isState(m) })
	state.points = gr.points(a.Point)
	at := slices.Index(a.By, gr.dim)
	if at >= 0 {
		state.by = slices.Delete(slices.Clone(a.By), at, at+1)
	}
	var out []Figure
	if len(period.metrics) > 0 {
		figures, err := r.evaluate(ctx, period)
		if err != nil {
			return nil, err
		}
		out = append(out, figures...)
	}
	if len(state.metrics) > 0 {
		figures, err := r.evaluate(ctx, state)
		if err != nil {
			return nil, err
		}
		for _, f := range figures {
			if at >= 0 {
				label := gr.labelOf(f.AsOf)
				f.Dims = slices.Insert(slices.Clone(f.Dims), at, DimValue{gr.dim, &label})
			}
			f.Point = a.Point
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(x, y Figure) int {
		if c := slices.Index(metrics, x.Metric) - slices.Index(metrics, y.Metric); c != 0 {
			return c
		}
		return r.compareDims(x.Dims, y.Dims)
	})
	return out, nil
}

// Named is an ask with the ids of its metrics and dimensions, where it had their labels.
func (r *Reader) Named(a Ask) (Ask, error) {
	out := a
	out.Metrics, out.By, out.Where = nil, nil, nil
	for _, name := range a.Metrics {
		m, err := r.Catalogue.Metric(name)
		if err != nil {
			return a, err
		}
		out.Metrics = append(out.Metrics, m.ID)
	}
	for _, name := range a.By {
		d, err := r.Catalogue.dimension(name)
		if err != nil {
			return a, err
		}
		out.By = append(out.By, d)
	}
	for name, v := range a.Where {
		d, err := r.Catalogue.dimension(name)
		if err != nil {
			return a, err
		}
		if out.Where == nil {
			out.Where = map[string]string{}
		}
		if _, twice := out.Where[d]; twice {
			return a, fmt.Errorf("dimension %q is asked for twice", d)
		}
		out.Where[d] = v
	}
	return out, nil
}

// resolve checks names and dimensions.
func (r *Reader) resolve(a Ask) ([]*Metric, *grain, error) {
	var metrics []*Metric
	dims := slices.Clone(a.By)
	for d := range a.Where {
		dims = append(dims, d)
	}
	for i, d := range dims {
		if _, err := r.Catalogue.dimension(d); err != nil {
			return nil, nil, err
		}
		if i < len(a.By) && slices.Contains(a.By[:i], d) {
			return nil, nil, fmt.Errorf("dimension %q is asked for twice", d)
		}
	}
	if slices.Contains(dims, "week") && slices.Contains(dims, "month") {
		return nil, nil, fmt.Errorf("week and month can't be combined: a week may lie in two months")
	}
	for _, name := range a.Metrics {
		m, err := r.Catalogue.Metric(name)
		if err != nil {
			return nil, nil, err
		}
		for _, d := range dims {
			if !m.Allows(d) {
				return nil, nil, fmt.Errorf("metric %s has no dimension %q; it has %v", m.ID, d, m.Dimensions)
			}
		}
		if !slices.Contains(metrics, m) {
			metrics = append(metrics, m)
		}
	}
	if len(a.Metrics) == 0 {
		for _, m := range r.Catalogue.Metrics {
			if !slices.ContainsFunc(dims, func(d string) bool { return !m.Allows(d) }) {
				metrics = append(metrics, m)
			}
		}
		if len(metrics) == 0 {
			return nil, nil, fmt.Errorf("no metric has all the dimensions %v", dims)
		}
	}
	for _, d := range dims {
		if d == "week" || d == "month" {
			return metrics, &grain{dim: d}, nil
		}
	}
	return metrics, nil, nil
}

// compareDims orders groups: the total first, units in 机构序列, numbers by
// size, else by text.
func (r *Reader) compareDims(x, y []DimValue) int {
	if len(x) != len(y) {
		return len(x) - len(y)
	}
	for i := range x {
		if c := r.compareValues(x[i].Dimension, x[i].Value, y[i].Value); c != 0 {
			return c
		}
	}
	return 0
}

func (r *Reader) compareValues(dim string, a, b *string) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	case *a == *b:
		return 0
	}
	x, y := *a, *b
	if isUnitDimension(dim) {
		p, q := r.place(x), r.place(y)
		if p != q {
			return p - q
		}
	}
	p, errP := strconv.Atoi(x)
	q, errQ := strconv.Atoi(y)
	if errP == nil && errQ == nil {
		return p - q
	}
	if x < y {
		return -1
	}
	return 1
}

func (r *Reader) place(name string) int {
	if p, ok := r.seq[name]; ok {
		return p
	}
	return 1 << 20
}

func isUnitDimension(dim string) bool {
	return dim == "submitter" || dim == "street" || dim == "department"
}
