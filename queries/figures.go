package queries

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"taizhang/internal/calendar"
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
	Dims            []DimValue
	AsOf            calendar.Date
	KnownAt         time.Time
	Coverage        Coverage
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
	a, err := r.Catalogue.Named(a)
	if err != nil {
		return nil, err
	}
	a.Point = r.At(a.Point)
	a.Where = r.normal(a.Where)
	metrics, grain, err := r.resolve(a)
	if err != nil {
		return nil, err
	}
	if grain != nil {
		if err := grain.span(a); err != nil {
			return nil, err
		}
	}
	byMetric := map[*Metric][]Figure{}
	for _, g := range groups(metrics, grain) {
		if err := r.group(ctx, a, g, grain, byMetric); err != nil {
			return nil, err
		}
	}
	var out []Figure
	for _, m := range metrics {
		out = append(out, byMetric[m]...)
	}
	if len(a.Where) > 0 && !slices.ContainsFunc(out, func(f Figure) bool { return !f.isEmpty() }) {
		return out, r.knownValues(ctx, a, metrics, grain)
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
		if _, ok := r.Catalogue.dim[d]; !ok {
			return nil, nil, fmt.Errorf("unknown dimension %q%s", d, didYouMean(d, r.Catalogue.dimensionNames()))
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

// group is the metrics of facts that are evaluated at the same points.
type group struct {
	period  bool // window of rows, else state at a point
	metrics []*Metric
}

// groups of metrics: one, but over time the state is read at the end of each
// bucket, while rows of a period are read once and told apart by their day.
func groups(metrics []*Metric, gr *grain) []group {
	if gr == nil {
		return []group{{metrics: metrics}}
	}
	out := []group{{period: false}, {period: true}}
	for _, m := range metrics {
		i := 0
		if m.Fact.Mode == Period {
			i = 1
		}
		out[i].metrics = append(out[i].metrics, m)
	}
	return slices.DeleteFunc(out, func(g group) bool { return len(g.metrics) == 0 })
}

func (r *Reader) group(ctx context.Context, a Ask, g group, gr *grain, into map[*Metric][]Figure) error {
	points := []Point{a.Point}
	if gr != nil && !g.period {
		points = gr.points(a.Point)
	}
	facts := factsOf(g.metrics)
	wanted := tablesRead(facts)
	var forms []string
	for _, f := range facts {
		if f.Form == "" || len(points) == 1 {
			forms = nil
			break
		}
		forms = append(forms, f.Form)
	}
	src, err := r.sourceOf(ctx, forms, points, wanted...)
	if err != nil {
		return err
	}
	cover, err := r.coverage(ctx, src, facts, g.period, gr)
	if err != nil {
		return err
	}
	return r.factFigures(ctx, a, facts, g.metrics, gr, src, cover, into)
}

// tablesRead are the models that figures of some facts and their coverage are read from.
func tablesRead(facts []*Fact) []string {
	wanted := []string{obligationTable, countedTable}
	for _, f := range facts {
		if !slices.Contains(wanted, f.Table) {
			wanted = append(wanted, f.Table)
		}
	}
	return wanted
}

func factsOf(metrics []*Metric) []*Fact {
	var out []*Fact
	for _, m := range metrics {
		if !slices.Contains(out, m.Fact) {
			out = append(out, m.Fact)
		}
	}
	return out
}

// ofFact are the metrics that count a fact's rows.
func ofFact(metrics []*Metric, f *Fact) []*Metric {
	var out []*Metric
	for _, m := range metrics {
		if m.Fact == f {
			out = append(out, m)
		}
	}
	return out
}

// factStatement asks for the metrics of all facts at once, so that DuckDB
// works at several facts side by side. A row is the fact's place, its groups,
// and the columns of all facts, of which only its own have values: each keeps
// its type. widths are the facts' numbers of columns.
func factStatement(a Ask, facts []*Fact, metrics []*Metric, gr *grain, src *warehouse.Restated) (query string, widths []int) {
	all, compilers := 0, make([]*compiler, len(facts))
	for i, f := range facts {
		compilers[i] = newCompiler(f, ofFact(metrics, f), gr.name())
		widths = append(widths, len(compilers[i].columns()))
		all += widths[i]
	}
	parts, before := make([]string, len(facts)), 0
	for i, f := range facts {
		own := "q" + strconv.Itoa(i)
		columns := []string{"cast(" + strconv.Itoa(i) + " as bigint)"}
		for d := range a.By {
			columns = append(columns, own+".d"+strconv.Itoa(d))
		}
		for n := range all {
			if n -= before; n >= 0 && n < widths[i] {
				columns = append(columns, own+".m"+strconv.Itoa(n))
			} else {
				columns = append(columns, "null")
			}
		}
		parts[i] = "select " + strings.Join(columns, ", ") + " from (" + compilers[i].figures(src.Name(f.Table), a.By, filters(f, a.Where)) + "\n) as " + own
		before += widths[i]
	}
	return strings.Join(parts, "\nunion all\n"), widths
}

// factFigures computes the metrics of some facts.
func (r *Reader) factFigures(ctx context.Context, a Ask, facts []*Fact, metrics []*Metric, gr *grain, src *warehouse.Restated, cover *cover, into map[*Metric][]Figure) error {
	query, widths := factStatement(a, facts, metrics, gr, src)
	t, err := r.table(ctx, query)
	if err != nil {
		return fmt.Errorf("figures: %w\n%s", err, query)
	}
	rows := make([][][]any, len(facts))
	for _, row := range t.Rows {
		i := row[0].(int64)
		rows[i] = append(rows[i], row[1:])
	}
	before := len(a.By)
	for i, f := range facts {
		own := rows[i]
		if gr != nil && len(a.By) == 1 && a.By[0] == gr.dim {
			own = gr.fill(own, len(t.Columns)-1)
		}
		r.sortRows(own, a.By)
		for _, row := range own {
			r.rowFigures(a, f, ofFact(metrics, f), row[:len(a.By)], row[before:before+widths[i]], cover, into)
		}
		before += widths[i]
	}
	return nil
}

// rowFigures makes figures of one group of a fact's rows and its columns.
func (r *Reader) rowFigures(a Ask, f *Fact, metrics []*Metric, groups, values []any, cover *cover, into map[*Metric][]Figure) {
	dims := make([]DimValue, len(a.By))
	for i, d := range a.By {
		dims[i] = DimValue{Dimension: d}
		if s, ok := groups[i].(string); ok {
			dims[i].Value = &s
		}
	}
	next := func() (v any) {
		v, values = values[0], values[1:]
		return v
	}
	for _, m := range metrics {
		fig := Figure{Metric: m, Dims: dims, AsOf: a.AsOf, KnownAt: a.KnownAt.In(r.loc)}
		switch {
		case m.IsRatio():
			fig.Num, fig.Den = orZero(next()), orZero(next())
			fig.Value = quotient(fig.Num, fig.Den)
		case m.Value.Agg == "median":
			fig.Value = next()
		default:
			fig.Value = orZero(next())
		}
		if f.Mode == Obligation {
			fig.Coverage.Expected, _ = orZero(next()).(int64)
			fig.Coverage.Received, _ = orZero(next()).(int64)
		} else {
			fig.Coverage = cover.of(f.Form, dims, a.Where)
		}
		into[m] = append(into[m], fig)
	}
}

func orZero(v any) any {
	if v == nil {
		return int64(0)
	}
	return v
}

// sortRows orders groups: units in 机构序列, numbers by size, else by text.
func (r *Reader) sortRows(rows [][]any, by []string) {
	sort.SliceStable(rows, func(i, j int) bool {
		for k, d := range by {
			if c := r.compareValues(d, rows[i][k], rows[j][k]); c != 0 {
				return c < 0
			}
		}
		return false
	})
}

func (r *Reader) compareValues(dim string, a, b any) int {
	x, okX := a.(string)
	y, okY := b.(string)
	switch {
	case !okX && !okY:
		return 0
	case !okX:
		return 1
	case !okY:
		return -1
	case x == y:
		return 0
	}
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
