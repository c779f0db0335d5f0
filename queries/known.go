package queries

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/spelling"
	"taizhang/internal/warehouse"
)

// knownValues refuses a value of Where that no row of the metrics has, and
// names the nearest that some row has: a figure of nothing would read as 0.
// Units of the zone are known though they have no rows.
func (r *Reader) knownValues(ctx context.Context, a Ask, metrics []*metric.Metric, gr *metric.Grain) error {
	dims := make([]string, 0, len(a.Where))
	for d := range a.Where {
		dims = append(dims, d)
	}
	sort.Strings(dims)
	for _, d := range dims {
		v := a.Where[d]
		if d == "week" || d == "month" || v == "" || isUnitDimension(d) && r.isUnit(v) || d == "zone" && r.zones[v] != "" {
			continue
		}
		values, isThere, err := r.valuesOf(ctx, d, v, a.Point, metrics, gr)
		if err != nil {
			return err
		}
		if isThere {
			continue
		}
		if isUnitDimension(d) {
			for _, name := range r.names {
				values = append(values, name)
			}
			sort.Strings(values)
		}
		return lang.Errorf("no row has %s=%q%s", "没有一行的 %s=%q%s", d, v, meantOf(v, slices.Compact(values)))
	}
	return nil
}

// valuesOf are what the rows of the metrics have for a dimension, and whether one of them has v.
func (r *Reader) valuesOf(ctx context.Context, d, v string, at warehouse.Point, metrics []*metric.Metric, gr *metric.Grain) (values []string, isThere bool, err error) {
	seen := map[*metric.Fact]bool{}
	for _, m := range metrics {
		column := m.Fact.Dimensions[d]
		if seen[m.Fact] || column == "" {
			continue
		}
		seen[m.Fact] = true
		points := []warehouse.Point{at}
		if gr != nil && m.Fact.Mode != metric.Period {
			points = gr.Points(at)
		}
		src, err := r.source(ctx, points, m.Fact.Table)
		if err != nil {
			return nil, false, err
		}
		shown, key := column, v
		if written, is := m.Fact.Spelled(d); is {
			shown, key = written, spelling.Fold(v)
		}
		t, err := r.table(ctx, fmt.Sprintf("select distinct cast(%s as varchar), cast(%s as varchar) from %s where %[1]s is not null order by 1", shown, column, src.Name(m.Fact.Table)))
		if err != nil {
			return nil, false, err
		}
		for _, row := range t.Rows {
			values = append(values, fmt.Sprint(row[0]))
			isThere = isThere || row[1] == key
		}
	}
	return values, isThere, nil
}

// meantOf says which of the values is nearest, else what there is.
func meantOf(v string, values []string) lang.Text {
	meant := decl.DidYouMean(v, values)
	if meant.English == "" && len(values) > 0 {
		more := ""
		if len(values) > 12 {
			more = fmt.Sprintf(" … (%d)", len(values))
		}
		meant = lang.Say("; there are: %s%s", "；可用：%s%s", strings.Join(values[:min(len(values), 12)], ", "), more)
	}
	return meant
}

// isUnit says whether a text is the name of one of the zone's units.
func (r *Reader) isUnit(name string) bool {
	for _, n := range r.names {
		if n == name {
			return true
		}
	}
	return false
}

// isEmpty says whether nothing went into a figure.
func (f Figure) isEmpty() bool {
	for _, v := range []any{f.Value, f.Num, f.Den} {
		if n := result.Number(v); n != nil && n.Sign() != 0 {
			return false
		}
	}
	return true
}
