package queries

import (
	"context"
	"slices"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/spelling"
	"taizhang/internal/warehouse"
)

// spell writes names of groups the way that most rows have them: groups are told apart by what names are counted by.
func (r *Reader) spell(ctx context.Context, q question, figures []Figure) error {
	for at, d := range q.by {
		shown, err := r.spellings(ctx, q, d)
		if err != nil {
			return err
		}
		if shown == nil {
			continue
		}
		for i := range figures {
			dims := figures[i].Dims
			if len(dims) <= at || dims[at].Value == nil {
				continue
			}
			if _, is := figures[i].Metric.Fact.Spelled(d); !is {
				continue
			}
			v := DimValue{Dimension: d, Value: dims[at].Value, key: dims[at].Value}
			zone := q.where["zone"]
			for _, other := range dims {
				if other.Dimension == "zone" && other.Value != nil {
					zone = *other.Value
				}
			}
			if s, ok := shown[[2]string{zone, *v.key}]; ok {
				v.Value = &s
			}
			figures[i].Dims = slices.Clone(dims)
			figures[i].Dims[at] = v
		}
	}
	return nil
}

// spellings are the names (by zone, where groups are of one zone each, and key) that a dimension's groups are shown by, nil
// where none of the metrics folds it: what the rows of all facts say at the last point, so that a firm is called the same
// beside every figure, and of those that none of them has any more what the figures' own rows say at the earlier points.
func (r *Reader) spellings(ctx context.Context, q question, dimension string) (map[[2]string]string, error) {
	own := metric.FactsOf(q.metrics)
	own = slices.DeleteFunc(own, func(f *metric.Fact) bool { _, is := f.Spelled(dimension); return !is })
	if len(own) == 0 {
		return nil, nil
	}
	out := map[[2]string]string{}
	apart := q.where["zone"] != "" || slices.Contains(q.by, "zone")
	read := func(facts []*metric.Fact, points []warehouse.Point) error {
		var tables []string
		for _, f := range facts {
			if !slices.Contains(tables, f.Table) {
				tables = append(tables, f.Table)
			}
		}
		src, err := r.source(ctx, points, tables...)
		if err != nil {
			return err
		}
		t, err := r.table(ctx, metric.Spellings(facts, dimension, apart, src.Name))
		if err != nil {
			return r.blame(ctx, lang.Errorf("spellings of %s: %w", "%s 的写法：%w", dimension, err))
		}
		for _, row := range t.Rows {
			if key := [2]string{text0(row[0]), text0(row[1])}; out[key] == "" {
				out[key] = text0(row[2])
			}
		}
		return nil
	}
	if err := read(r.Catalogue.SpelledFacts(dimension), q.points[len(q.points)-1:]); err != nil {
		return nil, err
	}
	if q.timed() {
		return out, read(own, q.points)
	}
	return out, nil
}

// named are the texts under which the group of a name may be kept: what it is counted by, and how it is shown.
func (r *Reader) named(ctx context.Context, m *metric.Metric, dimension, key string) ([]string, error) {
	shown, err := r.spellings(ctx, question{metrics: []*metric.Metric{m}, points: []warehouse.Point{r.point}}, dimension)
	if s, ok := shown[[2]string{"", key}]; ok {
		return []string{key, s}, err
	}
	return []string{key}, err
}

// Is says whether a group is that of a value, a name in whichever spelling.
func (d DimValue) Is(value string) bool {
	if d.key != nil {
		return *d.key == spelling.Fold(value)
	}
	return d.Value != nil && *d.Value == value
}

// group is what groups are told apart by.
func (d DimValue) group() *string {
	if d.key != nil {
		return d.key
	}
	return d.Value
}
