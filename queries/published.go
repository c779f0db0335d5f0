package queries

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/warehouse"
)

// notInMart are the dimensions that mart.metric has no figures by.
var notInMart = []string{"zone", "week", "month"}

// publishedFigures reads figures, in total and by one dimension, out of what
// mart.metric shows. It gives none where they have to be computed: for another point
// than the publication's, over models or by metrics that were edited since, and
// where a publication holds several zones.
func (r weeklyReader) publishedFigures(ctx context.Context, at Point, ms []*Metric, by string) ([]weeklyFigure, error) {
	if !r.isPublished(r.At(at)) || len(r.edited) > 0 || slices.Contains(notInMart, by) {
		return nil, nil
	}
	versions, kept, err := figureStates(ctx, r.db.Conn)
	if err != nil {
		return nil, fmt.Errorf("published figures: %w", err)
	}
	for _, f := range factsOf(ms) {
		if versions[f.Table] == "" || kept[f.ID] != fingerprint(figureCube(f, r.Catalogue.metricsOf(f)), versions[f.Table]) {
			return nil, nil
		}
	}
	names := make([]string, len(ms))
	for i, m := range ms {
		names[i] = warehouse.Quote(m.ID)
	}
	t, err := r.table(ctx, `select metric, dimension, dimension_value, value, num, den, expected, received
		from built.metric_figure where metric in (`+strings.Join(names, ", ")+`) and dimension in ('total', `+warehouse.Quote(by)+`)`)
	if err != nil {
		return nil, fmt.Errorf("published figures: %w", err)
	}
	cover, err := r.coverage(ctx, &warehouse.Restated{}, factsOf(ms), false, nil)
	if err != nil {
		return nil, err
	}
	var out []weeklyFigure
	totals := map[*Metric]bool{}
	for _, row := range t.Rows {
		m, err := r.Catalogue.Metric(row[0].(string))
		if err != nil {
			return nil, err
		}
		f := weeklyFigure{Metric: m.ID, Grouped: row[1] != "total", Value: Float(row[3])}
		f.Key, _ = row[2].(string)
		if m.IsRatio() {
			f.Num, f.Den = Float(orZero(row[4])), Float(orZero(row[5]))
		}
		if !f.Grouped {
			if totals[m] {
				return nil, nil
			}
			totals[m] = true
			if m.Fact.Mode != Obligation {
				f.Coverage = cover.of(m.Fact.Form, nil, nil)
			} else {
				f.Coverage.Expected, _ = row[6].(int64)
				f.Coverage.Received, _ = row[7].(int64)
			}
		}
		out = append(out, f)
	}
	for _, m := range ms {
		if !totals[m] { // no rows at all
			f := factValues(m.Fact, []*Metric{m}, "", nil)[0]
			if m.Fact.Mode != Obligation {
				f.Coverage = cover.of(m.Fact.Form, nil, nil)
			}
			out = append(out, f)
		}
	}
	return out, nil
}
