package queries

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"taizhang/internal/warehouse"
)

// The workbook asks for every metric at two or three points at once. One
// statement over one restatement answers that in a third of the time that a
// question for each fact and point takes; it is written by the same compiler
// as all figures.

// figures computes metrics at points, in total and by one dimension: both from
// one look at the rows. Points that are asked for together are restated
// together. Coverage is told for a single point only.
func (r weeklyReader) figures(ctx context.Context, points []Point, metrics []string, by string) (map[Point][]weeklyFigure, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ms []*Metric
	for _, name := range metrics {
		m, err := r.Catalogue.Metric(name)
		if err != nil {
			return nil, err
		}
		if by != "" && !m.Allows(by) {
			return nil, fmt.Errorf("metric %s has no dimension %q; it has %v", m.ID, by, m.Dimensions)
		}
		ms = append(ms, m)
	}
	if len(ms) == 0 || len(points) == 0 {
		return map[Point][]weeklyFigure{}, nil
	}
	if len(points) == 1 {
		if out, err := r.publishedFigures(ctx, points[0], ms, by); err != nil || out != nil {
			return map[Point][]weeklyFigure{points[0]: out}, err
		}
	}
	facts := factsOf(ms)
	at := make([]Point, len(points))
	for i, p := range points {
		at[i] = r.At(p)
	}
	src, err := r.source(ctx, at, tablesRead(facts)...)
	if err != nil {
		return nil, err
	}
	query := weeklyStatement(facts, ms, by, src)
	t, err := r.table(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("figures: %w\n%s", err, query)
	}
	out := map[Point][]weeklyFigure{}
	seen := map[Point]map[*Fact]bool{}
	for _, p := range points {
		out[p], seen[p] = nil, map[*Fact]bool{}
	}
	for _, row := range t.Rows {
		f := facts[row[0].(int64)]
		p, ok := r.pointOf(points, row[1], row[2])
		if !ok {
			continue
		}
		grouped := row[5] == true
		seen[p][f] = seen[p][f] || !grouped
		values, err := weeklyNumbers(row[4])
		if err != nil {
			return nil, err
		}
		key, _ := row[3].(string)
		for _, fig := range factValues(f, ms, key, values) {
			fig.Grouped = grouped
			out[p] = append(out[p], fig)
		}
	}
	for _, p := range points {
		for _, f := range facts {
			if !seen[p][f] { // no rows at all
				out[p] = append(out[p], factValues(f, ms, "", nil)...)
			}
		}
	}
	if len(points) == 1 {
		return out, r.addCoverage(ctx, src, facts, out[points[0]])
	}
	return out, nil
}

// weeklyStatement asks for all facts' metrics: fact, point, group, values, and
// whether they are a group's.
func weeklyStatement(facts []*Fact, ms []*Metric, by string, src *warehouse.Restated) string {
	var parts []string
	for i, f := range facts {
		own := ofFact(ms, f)
		c := newCompiler(f, own, "")
		var values []string
		for _, m := range own {
			for _, x := range m.measures() {
				values = append(values, "cast("+c.aggregate(m, x)+" as varchar)")
			}
		}
		group, grouped, sets := "cast(null as varchar)", "false", "as_of, known_at"
		if by != "" {
			group = c.dim(by)
			grouped, sets = "grouping("+group+") = 0", "grouping sets ((as_of, known_at), (as_of, known_at, "+group+"))"
		}
		parts = append(parts, fmt.Sprintf("select cast(%d as bigint), cast(as_of as varchar), cast(known_at as varchar), %s, [%s], %s from %s as f group by %s",
			i, group, strings.Join(values, ", "), grouped, c.from(src.Name(f.Table)), sets))
	}
	return strings.Join(parts, "\nunion all\n")
}

// weeklyNumbers reads a list of numbers written as texts.
func weeklyNumbers(v any) ([]any, error) {
	text, _ := v.(string)
	var list []*string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("figures: %q is no list of numbers", text)
	}
	out := make([]any, len(list))
	for i, s := range list {
		if s != nil {
			out[i] = json.Number(*s)
		}
	}
	return out, nil
}

// factValues makes figures of a fact's aggregates; nil: of no rows.
func factValues(f *Fact, ms []*Metric, key string, values []any) []weeklyFigure {
	var out []weeklyFigure
	next := func() (v any) {
		if len(values) > 0 {
			v, values = values[0], values[1:]
		}
		return v
	}
	for _, m := range ms {
		if m.Fact != f {
			continue
		}
		fig := weeklyFigure{Metric: m.ID, Key: key}
		switch {
		case m.IsRatio():
			num, den := orZero(next()), orZero(next())
			fig.Num, fig.Den, fig.Value = Float(num), Float(den), Float(quotient(num, den))
		case m.Value.Agg == "median":
			fig.Value = Float(next())
		default:
			fig.Value = Float(orZero(next()))
		}
		out = append(out, fig)
	}
	return out
}

// pointOf finds the point of a row by its as-of date and known-at time.
func (r weeklyReader) pointOf(points []Point, asOf, knownAt any) (Point, bool) {
	day, _ := asOf.(string)
	stamp, _ := knownAt.(string)
	for _, p := range points {
		if p.AsOf.String() != day {
			continue
		}
		known, err := warehouse.ParseWallClock(stamp, r.loc)
		if d := known.Sub(p.KnownAt); err == nil && d > -time.Millisecond && d < time.Millisecond {
			return p, true
		}
	}
	return Point{}, false
}

// addCoverage tells of each figure what it waited for.
func (r weeklyReader) addCoverage(ctx context.Context, src *warehouse.Restated, facts []*Fact, figures []weeklyFigure) error {
	c, err := r.coverage(ctx, src, facts, false, nil)
	if err != nil {
		return err
	}
	for i := range figures {
		f := &figures[i]
		m := r.Catalogue.metric[f.Metric]
		if f.Grouped {
			continue
		}
		if m.Fact.Mode != Obligation {
			f.Coverage = c.of(m.Fact.Form, nil, nil)
			continue
		}
		list, err := r.table(ctx, newCompiler(m.Fact, []*Metric{m}, "").figures(src.Name(m.Fact.Table), nil, nil))
		if err != nil {
			return err
		}
		for _, row := range list.Rows { // of obligations: how many were waited for and how many came
			n := len(m.measures())
			f.Coverage.Expected, _ = orZero(row[n]).(int64)
			f.Coverage.Received, _ = orZero(row[n+1]).(int64)
		}
	}
	return nil
}

// prepare has the models evaluated for one point at once, for the SELECTs.
// Otherwise every question that names a further model would have all of them
// evaluated again.
func (r weeklyReader) prepare(ctx context.Context, at Point, models []string) error {
	_, err := r.SelectAt(ctx, at, "select 1 /* "+strings.Join(models, " ")+" */")
	return err
}
