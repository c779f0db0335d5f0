package queries

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// side is the rows of a metric at one point: by group, then by key.
type side map[string]map[string][]*RowSide

// explainChanges finds the rows behind the changed figures of one metric.
func (r *Reader) explainChanges(ctx context.Context, before, after Ask, changes []Change, causes *causes) error {
	m := changes[0].After.Metric
	old, err := r.sideOf(ctx, m, before)
	if err != nil {
		return err
	}
	now, err := r.sideOf(ctx, m, after)
	if err != nil {
		return err
	}
	otherwise := old.otherwise(now)
	oldRows, err := old.rows(ctx, otherwise)
	if err != nil {
		return err
	}
	nowRows, err := now.rows(ctx, otherwise)
	if err != nil {
		return err
	}
	for i := range changes {
		c := &changes[i]
		k := dimsKey(m, c.After.Dims)
		c.Rows = rowChanges(oldRows[k], nowRows[k])
		c.Returns, c.Causes = causes.of(m, c.Rows)
	}
	return nil
}

// rowChanges leaves out the rows that contribute the same on both sides, be it
// through another return.
func rowChanges(old, now map[string][]*RowSide) []RowChange {
	keys := map[string]bool{}
	for k := range old {
		keys[k] = true
	}
	for k := range now {
		keys[k] = true
	}
	var sorted []string
	for k := range keys {
		sorted = append(sorted, k)
	}
	sort.Strings(sorted)
	var out []RowChange
	for _, k := range sorted {
		a, b := slices.Clone(old[k]), slices.Clone(now[k])
		for i := 0; i < len(a); i++ {
			for j := range b {
				if sameValue(a[i].Contributes, b[j].Contributes) && sameValue(a[i].ContributesDen, b[j].ContributesDen) {
					a, b = slices.Delete(a, i, i+1), slices.Delete(b, j, j+1)
					i--
					break
				}
			}
		}
		who, shown, _ := strings.Cut(k, "\x00")
		for i := range max(len(a), len(b)) {
			c := RowChange{Submitter: who, Key: shown}
			if i < len(a) {
				c.Before = a[i]
			}
			if i < len(b) {
				c.After = b[i]
			}
			out = append(out, c)
		}
	}
	return out
}

// metricSide is a metric at a point: the statement that lists its rows with what each contributes to its group, and of each
// return a print of them. Rows of a return whose print is the same at both points are the same row by row: of millions of
// rows only those of the others are read.
type metricSide struct {
	r      *Reader
	m      *metric.Metric
	by     []string
	query  string
	prints map[string]string
}

func (r *Reader) sideOf(ctx context.Context, m *metric.Metric, a Ask) (*metricSide, error) {
	a.Metrics = []string{m.ID}
	a.Point = r.At(a.Point)
	a.Where = r.normal(a.Where)
	_, gr, err := r.resolve(a)
	if err != nil {
		return nil, err
	}
	src, err := r.factRows(ctx, m, gr, a)
	if err != nil {
		return nil, err
	}
	c := metric.NewCompiler(m.Fact, []*metric.Metric{m}, gr.Name())
	c.Groups = a.By
	s := &metricSide{r: r, m: m, by: a.By, query: c.Sides(src.Name(m.Fact.Table), a.By, metric.Filters(m.Fact, a.Where)), prints: map[string]string{}}
	if m.Fact.Mode == metric.Obligation {
		return s, nil // few, and of no return
	}
	var of strings.Builder
	for i := range a.By {
		fmt.Fprintf(&of, "d%d, ", i)
	}
	t, err := r.table(ctx, "select return_id, count(*), cast(sum(hash("+of.String()+"sheet, row_no, contributes, contributes_den)) as varchar) from ("+s.query+") as s group by 1")
	if err != nil {
		return nil, lang.Errorf("rows of %s: %w", "%s 的各行：%w", m.ID, err)
	}
	for _, v := range t.Rows {
		s.prints[text0(v[0])] = fmt.Sprint(v[1], " ", v[2])
	}
	return s, nil
}

// otherwise are the returns whose rows are others at the other point.
func (s *metricSide) otherwise(other *metricSide) (ids []string) {
	for id, print := range s.prints {
		if other.prints[id] != print {
			ids = append(ids, id)
		}
	}
	for id := range other.prints {
		if _, ok := s.prints[id]; !ok {
			ids = append(ids, id)
		}
	}
	sort.Strings(ids)
	return ids
}

// rows reads the rows of some returns, and all obligations. Rows of different returns are the same by submitter and key text.
func (s *metricSide) rows(ctx context.Context, returns []string) (side, error) {
	query := s.query
	if s.m.Fact.Mode != metric.Obligation {
		if len(returns) == 0 {
			return side{}, nil
		}
		list := make([]string, len(returns))
		for i, id := range returns {
			list[i] = warehouse.Quote(id)
		}
		query = "select * from (" + query + ") as s where return_id in (" + strings.Join(list, ", ") + ") order by return_id, sheet, row_no"
	}
	t, err := s.r.table(ctx, query)
	if err != nil {
		return nil, lang.Errorf("rows of %s: %w", "%s 的各行：%w", s.m.ID, err)
	}
	out := side{}
	n := len(s.by)
	for _, v := range t.Rows {
		dims := make([]DimValue, n)
		for i, d := range s.by {
			dims[i] = DimValue{Dimension: d}
			if text, ok := v[i].(string); ok {
				dims[i].Value = &text
			}
		}
		k := dimsKey(s.m, dims)
		if out[k] == nil {
			out[k] = map[string][]*RowSide{}
		}
		row := &RowSide{Contributes: v[n+5], ContributesDen: v[n+6]}
		row.Return, _ = v[n].(string)
		row.Sheet, _ = v[n+1].(string)
		row.Row, _ = v[n+2].(int64)
		key := fmt.Sprint(v[n+3]) + "\x00" + fmt.Sprint(v[n+4])
		out[k][key] = append(out[k][key], row)
	}
	return out, nil
}
