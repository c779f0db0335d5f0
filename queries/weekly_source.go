package queries

import (
	"context"
	"time"
)

// WeeklyAsk is the point at which figures are asked for: the business date and
// the time up to which returns count.
type WeeklyAsk struct {
	AsOf    time.Time // a date
	KnownAt time.Time // in the zone's wall-clock time
}

// WeeklyFigure is one value of a metric.
type WeeklyFigure struct {
	Metric, Key string // Key: the value of the dimension asked by; empty: 未填
	Value       *float64
	Num, Den    *float64
	Expected    int
	Received    int
	Refused     int
	Emptied     int
}

// WeeklyRows is the result of a SELECT: cells are nil, string, bool, int64,
// float64 or time.Time.
type WeeklyRows struct {
	Columns []string
	Rows    [][]any
}

// WeeklySource answers what the weekly workbook asks of a zone's publication.
type WeeklySource interface {
	// Catalogue is the metrics that are declared.
	Catalogue() *Catalogue
	// Figures computes metrics, in total or by one dimension.
	Figures(ctx context.Context, at WeeklyAsk, metrics []string, by string) ([]WeeklyFigure, error)
	// Select runs a SELECT over the models as they stand at that point.
	Select(ctx context.Context, at WeeklyAsk, query string) (WeeklyRows, error)
}
