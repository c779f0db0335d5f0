package queries

import (
	"context"
	"slices"
	"strconv"
	"time"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// NoValue is how a group of rows without a value for a dimension is shown,
// and how it is asked for in Where (the empty text does as well).
const NoValue = "未填"

// Ask is a question for figures.
type Ask struct {
	Metrics []string          // empty: every metric that allows By and Where
	By      []string          // dimensions
	Where   map[string]string // dimension → value; submitters also by code
	warehouse.Point
}

// DimValue is the value of a dimension; nil is the group of rows without one.
type DimValue struct {
	Dimension string
	Value     *string // of names: the spelling that most rows have

	key *string // what a name is counted by, nil where that is the value
}

// Coverage is what a figure waited for and what was left out of it.
type Coverage struct{ Expected, Received, RowsRefused, ValuesEmptied int64 }

// Figure is one value of a metric. Value, Num and Den are nil, int64, float64
// or json.Number (exact decimals).
type Figure struct {
	Metric          *metric.Metric
	Value, Num, Den any
	Dims            []DimValue // none: the total
	warehouse.Point
	Coverage Coverage
}

// Record is the figure with the keys of machine-readable output.
func (f Figure) Record() result.Record {
	r := result.Record{
		{Key: "metric", Value: f.Metric.ID}, {Key: "label", Value: f.Metric.Label}, {Key: "unit", Value: string(f.Metric.Unit)},
		{Key: "value", Value: f.Value}, {Key: "num", Value: f.Num}, {Key: "den", Value: f.Den},
		{Key: "as_of", Value: f.AsOf.String()}, {Key: "known_at", Value: f.KnownAt.Format(time.RFC3339)},
		{Key: "returns_expected", Value: f.Coverage.Expected}, {Key: "returns_received", Value: f.Coverage.Received},
		{Key: "rows_refused", Value: f.Coverage.RowsRefused}, {Key: "values_emptied", Value: f.Coverage.ValuesEmptied},
	}
	for _, d := range f.Dims {
		if d.Value == nil {
			r = append(r, result.Entry{Key: d.Dimension, Value: nil})
		} else {
			r = append(r, result.Entry{Key: d.Dimension, Value: *d.Value})
		}
	}
	return r
}

// Metrics computes figures: metric by metric in the order asked (or
// declared), the groups of each in 机构序列 or by value, rows without one last.
func (r *Reader) Metrics(ctx context.Context, a Ask) ([]Figure, error) {
	return r.metricsOf(ctx, a, true)
}

// metricsOf is Metrics; checked refuses a value of Where that no row has at that point.
func (r *Reader) metricsOf(ctx context.Context, a Ask, checked bool) ([]Figure, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a, err := r.Named(a)
	if err != nil {
		return nil, err
	}
	a.By = r.apart(a.By, a.Where)
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
	if checked && len(a.Where) > 0 && !anyFilled(out) {
		return out, r.knownValues(ctx, a, metrics, gr)
	}
	return out, nil
}

func anyFilled(figures []Figure) bool {
	return slices.ContainsFunc(figures, func(f Figure) bool { return !f.isEmpty() })
}

// apart puts the zone before units where units of several zones share names: they are never one group.
func (r *Reader) apart(by []string, where map[string]string) []string {
	at := slices.IndexFunc(by, isUnitDimension)
	if _, one := where["zone"]; at < 0 || one || slices.Contains(by, "zone") || !r.sharedNames {
		return by
	}
	return slices.Insert(slices.Clone(by), at, "zone")
}

// Figures computes metrics at points, in total and by one dimension (empty: in
// total alone): both from one look at the rows, metric by metric and point by
// point, the total before its groups.
func (r *Reader) Figures(ctx context.Context, points []warehouse.Point, metrics []string, by string) ([]Figure, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	q := question{total: true}
	a := Ask{Metrics: metrics}
	if by != "" {
		a.By = []string{by}
	}
	var gr *metric.Grain
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
func (r *Reader) asked(ctx context.Context, a Ask, metrics []*metric.Metric, gr *metric.Grain) ([]Figure, error) {
	q := question{points: []warehouse.Point{a.Point}, metrics: metrics, by: a.By, where: a.Where}
	if gr == nil {
		return r.evaluate(ctx, q)
	}
	if err := gr.Span(a.Point, a.Where); err != nil {
		return nil, err
	}
	if len(gr.Buckets) == 0 { // the window begins after the as-of date
		return nil, nil
	}
	isState := func(m *metric.Metric) bool { return m.Fact.Mode != metric.Period }
	period, state := q, q
	period.metrics, period.buckets = slices.DeleteFunc(slices.Clone(metrics), isState), gr
	state.metrics = slices.DeleteFunc(slices.Clone(metrics), func(m *metric.Metric) bool { return !isState(m) })
	state.points = gr.Points(a.Point)
	at := slices.Index(a.By, gr.Dim)
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
				label := gr.LabelOf(f.AsOf)
				f.Dims = slices.Insert(slices.Clone(f.Dims), at, DimValue{Dimension: gr.Dim, Value: &label})
			}
			f.Point = a.Point
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(x, y Figure) int {
		if c := slices.Index(metrics, x.Metric) - slices.Index(metrics, y.Metric); c != 0 {
			return c
		}
		return r.compareDims(a.Where["zone"], x.Dims, y.Dims)
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
		d, err := r.Catalogue.Dimension(name)
		if err != nil {
			return a, err
		}
		out.By = append(out.By, d)
	}
	for name, v := range a.Where {
		d, err := r.Catalogue.Dimension(name)
		if err != nil {
			return a, err
		}
		if out.Where == nil {
			out.Where = map[string]string{}
		}
		if _, twice := out.Where[d]; twice {
			return a, lang.Errorf("dimension %q is asked for twice", "维度 %q 写了两次", d)
		}
		out.Where[d] = v
	}
	return out, nil
}

// resolve checks names and dimensions.
func (r *Reader) resolve(a Ask) ([]*metric.Metric, *metric.Grain, error) {
	var metrics []*metric.Metric
	dims := slices.Clone(a.By)
	for d := range a.Where {
		dims = append(dims, d)
	}
	for i, d := range dims {
		if _, err := r.Catalogue.Dimension(d); err != nil {
			return nil, nil, err
		}
		if i < len(a.By) && slices.Contains(a.By[:i], d) {
			return nil, nil, lang.Errorf("dimension %q is asked for twice", "维度 %q 写了两次", d)
		}
	}
	if slices.Contains(dims, "week") && slices.Contains(dims, "month") {
		return nil, nil, lang.Errorf("week and month can't be combined: a week may lie in two months", "周和月不能同时用：一周可能跨两个月")
	}
	for _, name := range a.Metrics {
		m, err := r.Catalogue.Metric(name)
		if err != nil {
			return nil, nil, err
		}
		for _, d := range dims {
			if !m.Allows(d) {
				return nil, nil, lang.Errorf("metric %s has no dimension %q; it has %v", "指标 %s 没有维度 %q；可用：%v", m.ID, d, m.Dimensions)
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
			return nil, nil, lang.Errorf("no metric has all the dimensions %v", "没有一个指标同时有维度 %v", dims)
		}
	}
	for _, d := range dims {
		if d == "week" || d == "month" {
			return metrics, &metric.Grain{Dim: d}, nil
		}
	}
	return metrics, nil, nil
}

// compareDims orders groups: the total first, units in 机构序列, numbers by
// size, else by text. The zone, where all are of one, tells whose 机构序列.
func (r *Reader) compareDims(zone string, x, y []DimValue) int {
	if len(x) != len(y) {
		return len(x) - len(y)
	}
	for i := range x {
		if c := r.compareValues(zone, x[i].Dimension, x[i].Value, y[i].Value); c != 0 {
			return c
		}
		if x[i].Dimension == "zone" && x[i].Value != nil {
			zone = *x[i].Value
		}
	}
	return 0
}

func (r *Reader) compareValues(zone, dim string, a, b *string) int {
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
		p, q := r.place(zone, x), r.place(zone, y)
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

func (r *Reader) place(zone, name string) int {
	if p, ok := r.places[[2]string{zone, name}]; ok {
		return p
	}
	if p, ok := r.seq[name]; ok {
		return p
	}
	return 1 << 20
}

func isUnitDimension(dim string) bool {
	return dim == "submitter" || dim == "street" || dim == "department"
}
