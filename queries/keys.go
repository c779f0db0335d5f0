package queries

import (
	"slices"

	"taizhang/internal/metric"
)

// The keys of machine-readable output, in order: a result without rows has them, too, so that a program that reads it finds
// the columns that it knows.

// ReturnKeys are those of `returns list`.
func ReturnKeys() []string { return slices.Clone(returnKeys) }

// StatusKeys are those of Status.
func StatusKeys() []string { return slices.Clone(statusKeys) }

// FigureKeys are those of figures broken down by dimensions.
func FigureKeys(by []string) []string { return noFigure(by).Record().Keys() }

// ComparedKeys are those of figures beside what they are compared with.
func ComparedKeys(by []string) []string {
	return append(FigureKeys(by), Comparison{}.Entries().Keys()...)
}

// ChangeKeys are those of changed figures.
func ChangeKeys(by []string) []string { return Change{After: noFigure(by)}.Record().Keys() }

// TraceKeys are those of the rows behind a figure.
func (r *Reader) TraceKeys(name string) []string {
	row := TraceRow{}
	if m, err := r.Catalogue.Metric(name); err == nil {
		row.isObligation = m.Fact.Mode == metric.Obligation
	}
	return row.Record().Keys()
}

func noFigure(by []string) Figure {
	f := Figure{Metric: &metric.Metric{}}
	for _, d := range by {
		f.Dims = append(f.Dims, DimValue{Dimension: d})
	}
	return f
}
