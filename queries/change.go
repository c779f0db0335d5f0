package queries

import (
	"context"
	"encoding/json"
	"math/big"
	"slices"
	"sort"
	"strings"
	"time"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// DiffAsk asks which figures differ between two known-at times. Metrics, By,
// Where, the as-of date and the start of the window are those of Ask; both
// figures are of the same as-of date.
type DiffAsk struct {
	Ask
	Before, After time.Time // known-at times; After zero: the publication's
}

// Change is a figure that reads otherwise when known later, the rows behind
// the difference, and what brought them about.
type Change struct {
	Before, After Figure
	Change        any // After − Before, nil where one of them has no value
	Returns       []string
	Causes        []Cause
	Rows          []RowChange
}

// Cause is a return or an operator's decision that came between the two times.
type Cause struct {
	Kind       string // new, correction, accept, withdraw, clear, waive, undo
	Return     string
	Supersedes string // the return that a correction replaces
	Submitter  string
	Form       string
	Period     string
	At         time.Time
	Reason     string

	counts bool // a return whose rows count
}

// RowChange is a row (by its business key) that contributes otherwise, or an
// obligation. A side is nil where the row didn't count.
type RowChange struct {
	Submitter     string
	Key           string
	Before, After *RowSide
}

// RowSide is where a row stands and what it adds.
type RowSide struct {
	Return, Sheet               string
	Row                         int64
	Contributes, ContributesDen any
}

// MetricsDiff lists the figures that differ between two known-at times.
func (r *Reader) MetricsDiff(ctx context.Context, a DiffAsk) ([]Change, error) {
	if a.After.IsZero() {
		a.After = r.point.KnownAt
	}
	if a.Before.IsZero() || a.After.Before(a.Before) {
		return nil, lang.Errorf("a difference is from an earlier known-at time to a later one, not from %s to %s", "比较应从较早的时点到较晚的时点，不能从 %s 到 %s", showTime(a.Before), showTime(a.After))
	}
	before, after := a.Ask, a.Ask
	before.KnownAt, after.KnownAt = a.Before, a.After
	if err := r.prepare(ctx, before, after); err != nil {
		return nil, err
	}
	old, err := r.metricsOf(ctx, before, false)
	if err != nil {
		return nil, err
	}
	now, err := r.metricsOf(ctx, after, !anyFilled(old)) // what was there at one of the times is known
	if err != nil {
		return nil, err
	}
	out := changedFigures(old, now)
	if len(out) == 0 {
		return out, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	causes, err := r.causes(ctx, r.At(after.Point), a.Before)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && out[j].After.Metric == out[i].After.Metric {
			j++
		}
		if err := r.explainChanges(ctx, before, after, out[i:j], causes); err != nil {
			return nil, err
		}
		i = j
	}
	return out, nil
}

func showTime(t time.Time) string {
	if t.IsZero() {
		return "(not given)"
	}
	return t.Format(time.RFC3339)
}

// prepare restates all facts of both points at once, so that figures and
// traces share one evaluation.
func (r *Reader) prepare(ctx context.Context, asks ...Ask) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range asks {
		a.Point = r.At(a.Point)
		metrics, gr, err := r.resolve(a)
		if err != nil {
			return err
		}
		if gr != nil || len(metrics) == 0 {
			continue
		}
		wanted := []string{metric.ObligationTable, metric.CountedTable}
		for _, f := range metric.FactsOf(metrics) {
			if !slices.Contains(wanted, f.Table) {
				wanted = append(wanted, f.Table)
			}
		}
		if _, err := r.source(ctx, []warehouse.Point{a.Point}, wanted...); err != nil {
			return err
		}
	}
	return nil
}

func dimsKey(m *metric.Metric, dims []DimValue) string {
	key := m.ID
	for _, d := range dims {
		key += "\x00"
		if v := d.group(); v != nil {
			key += "=" + *v
		}
	}
	return key
}

// changedFigures pairs figures by metric and group. A group that exists on one
// side only counts as nothing on the other.
func changedFigures(old, now []Figure) []Change {
	before := map[string]Figure{}
	for _, f := range old {
		before[dimsKey(f.Metric, f.Dims)] = f
	}
	seen := map[string]bool{}
	var out []Change
	add := func(b, a Figure) {
		if sameValue(b.Value, a.Value) && sameValue(b.Num, a.Num) && sameValue(b.Den, a.Den) {
			return
		}
		out = append(out, Change{Before: b, After: a, Change: difference(b.Value, a.Value)})
	}
	for _, a := range now {
		k := dimsKey(a.Metric, a.Dims)
		seen[k] = true
		b, ok := before[k]
		if !ok {
			b = nothing(a)
		}
		add(b, a)
	}
	for _, b := range old {
		if !seen[dimsKey(b.Metric, b.Dims)] {
			add(b, nothing(b))
		}
	}
	place := map[*metric.Metric]int{}
	for i, f := range append(slices.Clone(now), old...) {
		if _, ok := place[f.Metric]; !ok {
			place[f.Metric] = i
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return place[out[i].After.Metric] < place[out[j].After.Metric] })
	return out
}

// nothing is a figure over no rows in the place of another.
func nothing(f Figure) Figure {
	out := Figure{Metric: f.Metric, Dims: f.Dims, Point: f.Point}
	switch {
	case f.Metric.IsRatio():
		out.Num, out.Den = int64(0), int64(0)
	case f.Metric.Value.Agg != "median":
		out.Value = nought(f.Metric)
	}
	return out
}

func sameValue(a, b any) bool {
	x, y := result.Number(a), result.Number(b)
	if x == nil || y == nil {
		return x == nil && y == nil
	}
	return x.Cmp(y) == 0
}

// difference is b − a, exact where both are exact.
func difference(a, b any) any {
	x, y := result.Number(a), result.Number(b)
	if x == nil || y == nil {
		return nil
	}
	d := new(big.Rat).Sub(y, x)
	_, floatA := a.(float64)
	_, floatB := b.(float64)
	switch {
	case floatA || floatB:
		fx, _ := x.Float64()
		fy, _ := y.Float64()
		return fy - fx
	case d.IsInt() && !isDecimal(a) && !isDecimal(b) && d.Num().IsInt64():
		return d.Num().Int64()
	}
	return json.Number(d.FloatString(max(decimalsOf(a), decimalsOf(b))))
}

func isDecimal(v any) bool { return decimalsOf(v) > 0 }

func decimalsOf(v any) int {
	n, ok := v.(json.Number)
	if !ok {
		return 0
	}
	_, frac, _ := strings.Cut(string(n), ".")
	return len(frac)
}

func text0(v any) string {
	s, _ := v.(string)
	return s
}

func (r *Reader) clock(v any) time.Time {
	t, err := warehouse.ParseWallClock(text0(v), r.loc)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Record is the change with the keys of machine-readable output.
func (c Change) Record() result.Record {
	m := c.After.Metric
	r := result.Record{{Key: "metric", Value: m.ID}, {Key: "label", Value: m.Label}, {Key: "unit", Value: string(m.Unit)}}
	for _, d := range c.After.Dims {
		if d.Value == nil {
			r = append(r, result.Entry{Key: d.Dimension, Value: nil})
		} else {
			r = append(r, result.Entry{Key: d.Dimension, Value: *d.Value})
		}
	}
	rows := make([]result.Record, len(c.Rows))
	for i, x := range c.Rows {
		rows[i] = result.Record{{Key: "submitter", Value: x.Submitter}, {Key: "key", Value: x.Key}, {Key: "before", Value: x.Before.record()}, {Key: "after", Value: x.After.record()}}
	}
	list := make([]result.Record, len(c.Causes))
	for i, x := range c.Causes {
		list[i] = result.Record{{Key: "kind", Value: x.Kind}, {Key: "return", Value: text(x.Return)}, {Key: "supersedes", Value: text(x.Supersedes)}, {Key: "submitter", Value: x.Submitter}, {Key: "form", Value: x.Form},
			{Key: "period", Value: text(x.Period)}, {Key: "at", Value: x.At.Format(time.RFC3339)}, {Key: "reason", Value: text(x.Reason)}}
	}
	returns := c.Returns
	if returns == nil {
		returns = []string{}
	}
	return append(r, result.Entry{Key: "before", Value: c.Before.Value}, result.Entry{Key: "after", Value: c.After.Value}, result.Entry{Key: "change", Value: c.Change},
		result.Entry{Key: "num_before", Value: c.Before.Num}, result.Entry{Key: "den_before", Value: c.Before.Den}, result.Entry{Key: "num_after", Value: c.After.Num}, result.Entry{Key: "den_after", Value: c.After.Den},
		result.Entry{Key: "returns", Value: returns}, result.Entry{Key: "causes", Value: list}, result.Entry{Key: "rows", Value: rows})
}

func (s *RowSide) record() any {
	if s == nil {
		return nil
	}
	return result.Record{{Key: "return", Value: text(s.Return)}, {Key: "sheet", Value: text(s.Sheet)}, {Key: "row", Value: rowNumber(s)}, {Key: "contributes", Value: s.Contributes}, {Key: "contributes_den", Value: s.ContributesDen}}
}

func rowNumber(s *RowSide) any {
	if s.Return == "" {
		return nil
	}
	return s.Row
}
