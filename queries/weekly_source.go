package queries

import (
	"context"
	"encoding/json"
	"time"

	"taizhang/internal/warehouse"
)

// weeklyFigure is a figure in numbers that can be drawn, compared and kept.
type weeklyFigure struct {
	Value, Num, Den *float64
	Coverage        Coverage
}

func inNumbers(f Figure) weeklyFigure {
	return weeklyFigure{Float(f.Value), Float(f.Num), Float(f.Den), f.Coverage}
}

// groupOf is the value of the dimension that a figure is of; empty: 未填.
func groupOf(f Figure) string {
	if v := f.Dims[0].Value; v != nil {
		return *v
	}
	return ""
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
	// at fills in what a point leaves open.
	at(p Point) Point
	// prepare announces which models the SELECTs at a point will read.
	prepare(ctx context.Context, at Point, models []string) error
	// figures computes metrics at points, in total and, where one is named, by a dimension.
	figures(ctx context.Context, at []Point, metrics []string, by string) ([]Figure, error)
	// diff compares two returns, cell by cell.
	diff(ctx context.Context, from, to string) ([]Record, error)
	// rows runs a SELECT over the models as they stand at that point.
	rows(ctx context.Context, at Point, query string) (weeklyRows, error)
}

// weeklyReader asks a Reader.
type weeklyReader struct{ *Reader }

func (r weeklyReader) at(p Point) Point { return r.At(p) }

func (r weeklyReader) catalogue() *Catalogue { return r.Catalogue }

func (r weeklyReader) diff(ctx context.Context, from, to string) ([]Record, error) {
	return r.ReturnsDiff(ctx, from, to)
}

func (r weeklyReader) figures(ctx context.Context, at []Point, metrics []string, by string) ([]Figure, error) {
	return r.Figures(ctx, at, metrics, by)
}

func (r weeklyReader) prepare(ctx context.Context, at Point, models []string) error {
	return r.Prepare(ctx, at, models...)
}

func (r weeklyReader) rows(ctx context.Context, at Point, query string) (weeklyRows, error) {
	t, err := r.SelectAt(ctx, at, query)
	if err != nil {
		return weeklyRows{}, err
	}
	out := weeklyRows{Rows: t.Rows}
	for i, c := range t.Columns {
		out.Columns = append(out.Columns, c.Name)
		dates := map[string]any{} // they repeat
		for _, row := range t.Rows {
			s, isText := row[i].(string)
			if !isText || c.Type == "VARCHAR" {
				row[i] = weeklyValue(row[i], c.Type)
				continue
			}
			v, ok := dates[s]
			if !ok {
				v = weeklyValue(s, c.Type)
				dates[s] = v
			}
			row[i] = v
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
		layout := map[string]string{"DATE": time.DateOnly, "TIMESTAMP": warehouse.Stamp}[sqlType]
		if layout == "" {
			return v
		}
		if t, err := time.Parse(layout, x); err == nil {
			return t
		}
	}
	return v
}
