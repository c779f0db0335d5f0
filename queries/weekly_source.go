package queries

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"taizhang/internal/calendar"
)

// weeklyPoint is the point at which the workbook asks: the business date and
// the time up to which returns count.
type weeklyPoint struct {
	AsOf    time.Time // a date
	KnownAt time.Time
}

// weeklyFigure is one value of a metric.
type weeklyFigure struct {
	Metric, Key string // Key: the value of the dimension asked by; empty: 未填
	Value       *float64
	Num, Den    *float64
	Coverage    Coverage
}

// weeklyRows is the result of a SELECT: cells are nil, string, bool, int64,
// float64 or time.Time.
type weeklyRows struct {
	Columns []string
	Rows    [][]any
}

// weeklySource answers what the weekly workbook asks of a publication.
type weeklySource interface {
	// catalogue is the metrics that are declared.
	catalogue() *Catalogue
	// prepare announces which models will be asked for at a point.
	prepare(ctx context.Context, at weeklyPoint, models []string) error
	// figures computes metrics, in total or by one dimension.
	figures(ctx context.Context, at weeklyPoint, metrics []string, by string) ([]weeklyFigure, error)
	// rows runs a SELECT over the models as they stand at that point.
	rows(ctx context.Context, at weeklyPoint, query string) (weeklyRows, error)
}

// weeklyReader asks a Reader.
type weeklyReader struct{ *Reader }

func (r weeklyReader) catalogue() *Catalogue { return r.Catalogue }

func (r weeklyReader) point(at weeklyPoint) Point {
	return Point{AsOf: calendar.Of(at.AsOf), KnownAt: at.KnownAt, From: calendar.NoDate}
}

// prepare has the models evaluated for the point at once. Otherwise every
// question that names a further model would have all of them evaluated again.
func (r weeklyReader) prepare(ctx context.Context, at weeklyPoint, models []string) error {
	_, err := r.SelectAt(ctx, r.point(at), "select 1 /* "+strings.Join(models, " ")+" */")
	return err
}

func (r weeklyReader) figures(ctx context.Context, at weeklyPoint, metrics []string, by string) ([]weeklyFigure, error) {
	ask := Ask{Metrics: metrics, Point: r.point(at)}
	if by != "" {
		ask.By = []string{by}
	}
	list, err := r.Metrics(ctx, ask)
	if err != nil {
		return nil, err
	}
	out := make([]weeklyFigure, len(list))
	for i, f := range list {
		out[i] = weeklyFigure{
			Metric: f.Metric.ID, Value: Float(f.Value), Num: Float(f.Num), Den: Float(f.Den), Coverage: f.Coverage,
		}
		if len(f.Dims) > 0 && f.Dims[0].Value != nil {
			out[i].Key = *f.Dims[0].Value
		}
	}
	return out, nil
}

func (r weeklyReader) rows(ctx context.Context, at weeklyPoint, query string) (weeklyRows, error) {
	t, err := r.SelectAt(ctx, r.point(at), query)
	if err != nil {
		return weeklyRows{}, err
	}
	out := weeklyRows{Rows: t.Rows}
	for i, c := range t.Columns {
		out.Columns = append(out.Columns, c.Name)
		for _, row := range t.Rows {
			row[i] = weeklyValue(row[i], c.Type)
		}
	}
	return out, nil
}

// weeklyValue makes numbers numbers and dates dates again.
func weeklyValue(v any, sqlType string) any {
	switch x := v.(type) {
	case json.Number:
		if f := Float(x); f != nil {
			return *f
		}
	case string:
		layout := map[string]string{"DATE": time.DateOnly, "TIMESTAMP": "2006-01-02 15:04:05.999999"}[sqlType]
		if layout == "" {
			return v
		}
		if t, err := time.Parse(layout, x); err == nil {
			return t
		}
	}
	return v
}
