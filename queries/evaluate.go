package queries

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// question asks for metrics at points: in total, in groups, or both from one
// look at the rows. Points that are asked for together are restated together.
type question struct {
	points  []warehouse.Point
	metrics []*metric.Metric
	by      []string // dimensions of the groups; none: the total
	total   bool     // the total beside the groups
	where   map[string]string
	buckets *metric.Grain // of rows that are told apart by their day
}

// timed says whether figures are told apart by point.
func (q question) timed() bool { return len(q.points) > 1 }

// forms are those that the facts come from, nil for all: what models say of
// one form doesn't depend on the returns of another, and history over many
// points costs in proportion to the returns.
func (q question) forms(facts []*metric.Fact) []string {
	var out []string
	for _, f := range facts {
		if len(f.Forms) == 0 || !q.timed() {
			return nil
		}
		out = append(out, f.Forms...)
	}
	return out
}

// evaluate answers a question: metric by metric, point by point, the total
// before its groups. Every point has its total, also where there are no rows.
func (r *Reader) evaluate(ctx context.Context, q question) ([]Figure, error) {
	out, err := r.computed(ctx, q)
	if err == nil {
		err = r.spell(ctx, q, out)
	}
	return r.inOrder(q, out), err
}

// computed is evaluate before names are written the way most rows have them.
func (r *Reader) computed(ctx context.Context, q question) ([]Figure, error) {
	if out, err := r.kept(ctx, q); err != nil || out != nil {
		return out, err
	}
	if out, err := r.keptWeeks(ctx, q); err != nil || out != nil {
		return out, err
	}
	facts := metric.FactsOf(q.metrics)
	src, err := r.sourceOf(ctx, q.forms(facts), q.points, metric.TablesRead(facts)...)
	if err != nil {
		return nil, err
	}
	cover, err := r.coverage(ctx, src, facts, q)
	if err != nil {
		return nil, err
	}
	if r.db == nil && len(facts) > 1 {
		return r.factByFact(ctx, q, facts, src, cover)
	}
	return r.together(ctx, q, facts, src, cover)
}

// together answers a question with one statement for some facts.
func (r *Reader) together(ctx context.Context, q question, facts []*metric.Fact, src *warehouse.Restated, cover *cover) ([]Figure, error) {
	query, widths := q.statement(facts, src)
	t, err := r.table(ctx, query)
	if err != nil {
		return nil, r.blame(ctx, lang.Errorf("figures: %w\n%s", "计算数字：%w\n%s", err, query))
	}
	at := make(map[[2]any]warehouse.Point, len(q.points))
	for _, p := range q.points {
		at[momentOf(p)] = p
	}
	a := tally{q: q, cover: cover, seen: map[seenGroup]bool{}}
	before := make([]int, len(facts)) // of each fact's columns
	for i := 1; i < len(facts); i++ {
		before[i] = before[i-1] + widths[i-1]
	}
	for _, row := range t.Rows {
		i := row[0].(int64)
		p := q.points[0]
		if q.timed() {
			p = at[[2]any{row[1], row[2]}]
		}
		var dims []DimValue
		if row[3] != true {
			dims = dimsOf(q.by, row[4:])
		}
		values := row[4+len(q.by)+before[i]:]
		a.add(metric.OfFact(q.metrics, facts[i]), p, dims, values[:widths[i]])
	}
	return r.whole(a, facts), nil
}

// factByFact answers a question with a statement for each fact: Trino refuses one whose stages are too many.
func (r *Reader) factByFact(ctx context.Context, q question, facts []*metric.Fact, src *warehouse.Restated, cover *cover) ([]Figure, error) {
	var out []Figure
	for _, f := range facts {
		one := q
		one.metrics = metric.OfFact(q.metrics, f)
		figures, err := r.together(ctx, one, []*metric.Fact{f}, src, cover)
		if err != nil {
			return nil, err
		}
		out = append(out, figures...)
	}
	return out, nil
}

// momentOf is a point as a row tells it.
func momentOf(p warehouse.Point) [2]any {
	return [2]any{p.AsOf.String(), p.KnownAt.Format(warehouse.Stamp)}
}

func dimsOf(by []string, values []any) []DimValue {
	dims := make([]DimValue, len(by))
	for i, d := range by {
		dims[i] = DimValue{Dimension: d}
		if s, ok := values[i].(string); ok {
			dims[i].Value = &s
		}
	}
	return dims
}

// statement asks for the metrics of all facts at once, so that DuckDB works at
// several facts side by side. A row is the fact's place, its point, whether it
// is a total, its groups, and the columns of all facts, of which only its own
// have values: each keeps its type. widths are the facts' numbers of columns.
func (q question) statement(facts []*metric.Fact, src *warehouse.Restated) (query string, widths []int) {
	all, compilers := 0, make([]*metric.Compiler, len(facts))
	for i, f := range facts {
		compilers[i] = metric.NewCompiler(f, metric.OfFact(q.metrics, f), q.buckets.Name())
		widths = append(widths, len(compilers[i].Columns()))
		all += widths[i]
	}
	parts, before := make([]string, len(facts)), 0
	for i, f := range facts {
		own := "q" + strconv.Itoa(i)
		columns := []string{"cast(" + strconv.Itoa(i) + " as bigint)", own + ".as_of", own + ".known_at", own + ".is_total"}
		for d := range q.by {
			columns = append(columns, own+".d"+strconv.Itoa(d))
		}
		for n := range all {
			if n -= before; n >= 0 && n < widths[i] {
				columns = append(columns, own+".m"+strconv.Itoa(n))
			} else {
				columns = append(columns, "null")
			}
		}
		inner := compilers[i].Figures(src.Name(f.Table), metric.Grouping{By: q.by, Total: q.total, Timed: q.timed()}, metric.Filters(f, q.where))
		parts[i] = "select " + strings.Join(columns, ", ") + " from (" + inner + "\n) as " + own
		before += widths[i]
	}
	return strings.Join(parts, "\nunion all\n"), widths
}

// tally gathers figures.
type tally struct {
	q       question
	cover   *cover
	figures []Figure
	seen    map[seenGroup]bool
}

// seenGroup is a total, or a zone or bucket of time, that there is a figure of.
type seenGroup struct {
	fact   *metric.Fact
	point  warehouse.Point
	bucket string // empty: the total
}

// add makes figures of one group of a fact's rows out of the columns of some
// of its metrics; none: of no rows.
func (a *tally) add(ms []*metric.Metric, p warehouse.Point, dims []DimValue, values []any) {
	f := ms[0].Fact
	switch {
	case len(dims) == 0:
		a.seen[seenGroup{f, p, ""}] = true
	case dims[0].Value != nil:
		a.seen[seenGroup{f, p, *dims[0].Value}] = true
	}
	next := func() (v any) {
		if len(values) > 0 {
			v, values = values[0], values[1:]
		}
		return v
	}
	for _, m := range ms {
		fig := Figure{Metric: m, Dims: dims, Point: p}
		switch {
		case m.IsRatio():
			fig.Num, fig.Den = result.OrZero(next()), result.OrZero(next())
			fig.Value = quotient(m, fig.Num, fig.Den)
		case m.Value.Agg == "median":
			fig.Value = next()
		default:
			if fig.Value = next(); fig.Value == nil {
				fig.Value = nought(m)
			}
		}
		if f.Mode == metric.Obligation {
			fig.Coverage.Expected, _ = result.OrZero(next()).(int64)
			fig.Coverage.Received, _ = result.OrZero(next()).(int64)
		} else {
			fig.Coverage = a.cover.of(f.Forms, p, dims, a.q.where)
		}
		a.figures = append(a.figures, fig)
	}
}

// nought is what a sum or a count over no rows is: money has two decimals, whatever it is.
func nought(m *metric.Metric) any {
	if m.Unit == metric.Yuan {
		return json.Number("0.00")
	}
	return int64(0)
}

// quotient is the value of a ratio, or of an average: of money in yuan with two decimals.
func quotient(m *metric.Metric, num, den any) any {
	if m.Unit == metric.Yuan {
		return result.QuotientTo(num, den, 2)
	}
	return result.Quotient(num, den)
}

// whole adds the totals, the zones and the buckets of time in which there were no rows.
func (r *Reader) whole(a tally, facts []*metric.Fact) []Figure {
	q := a.q
	for _, f := range facts {
		for _, p := range q.points {
			if (q.total || len(q.by) == 0) && !a.seen[seenGroup{f, p, ""}] {
				a.add(metric.OfFact(q.metrics, f), p, nil, nil)
			}
			if len(q.by) == 1 && q.by[0] == "zone" { // one that came late is shown with what is waited for
				for code := range r.zones {
					if only := q.where["zone"]; !a.seen[seenGroup{f, p, code}] && (only == "" || only == code) {
						a.add(metric.OfFact(q.metrics, f), p, []DimValue{{Dimension: "zone", Value: &code}}, nil)
					}
				}
			}
			if q.buckets == nil || len(q.by) != 1 || q.by[0] != q.buckets.Dim {
				continue
			}
			for _, b := range q.buckets.Buckets {
				if label := b.Label; !a.seen[seenGroup{f, p, label}] {
					a.add(metric.OfFact(q.metrics, f), p, []DimValue{{Dimension: q.buckets.Dim, Value: &label}}, nil)
				}
			}
		}
	}
	return a.figures
}

// inOrder puts figures in order: by metric, by point, the total first and then the groups.
func (r *Reader) inOrder(q question, figures []Figure) []Figure {
	place, of := map[warehouse.Point]int{}, map[*metric.Metric]int{}
	for i, p := range q.points {
		place[p] = i
	}
	for i, m := range q.metrics {
		of[m] = i
	}
	slices.SortStableFunc(figures, func(x, y Figure) int {
		if c := of[x.Metric] - of[y.Metric]; c != 0 {
			return c
		}
		if c := place[x.Point] - place[y.Point]; c != 0 {
			return c
		}
		return r.compareDims(q.where["zone"], x.Dims, y.Dims)
	})
	return figures
}
