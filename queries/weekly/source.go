package weekly

import (
	"context"
	"encoding/json"
	"time"

	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// figure is a figure in numbers that can be drawn, compared and kept.
type figure struct {
	Value, Num, Den *float64
	Coverage        queries.Coverage
}

func inNumbers(f queries.Figure) figure {
	return figure{result.Float(f.Value), result.Float(f.Num), result.Float(f.Den), f.Coverage}
}

// groupOf is the value of the dimension that a figure is of; empty: 未填.
func groupOf(f queries.Figure) string {
	if v := f.Dims[0].Value; v != nil {
		return *v
	}
	return ""
}

// grid is the result of a SELECT: cells are nil, string, bool, int64,
// float64 or time.Time.
type grid struct {
	Columns []string
	Rows    [][]any
	types   []string // of the columns, as SQL names them
}

// source answers what the weekly workbook asks of a publication, as a
// queries.Reader does.
type source interface {
	At(p warehouse.Point) warehouse.Point
	Figures(ctx context.Context, at []warehouse.Point, metrics []string, by string) ([]queries.Figure, error)
	ReturnsDiff(ctx context.Context, from, to string) ([]result.Record, error)
	SelectAt(ctx context.Context, at warehouse.Point, query string) (result.Table, error)
}

// rows runs a SELECT over the models as they stand at a point.
func rows(ctx context.Context, src source, at warehouse.Point, query string) (grid, error) {
	t, err := src.SelectAt(ctx, at, query)
	if err != nil {
		return grid{}, err
	}
	out := grid{Rows: t.Rows}
	for i, c := range t.Columns {
		out.Columns = append(out.Columns, c.Name)
		out.types = append(out.types, c.Type)
		dates := map[string]any{} // they repeat
		for _, row := range t.Rows {
			s, isText := row[i].(string)
			if !isText || c.Type == "VARCHAR" {
				row[i] = stored(row[i], c.Type)
				continue
			}
			v, ok := dates[s]
			if !ok {
				v = stored(s, c.Type)
				dates[s] = v
			}
			row[i] = v
		}
	}
	return out, nil
}

// stored makes numbers numbers and dates dates again.
func stored(v any, sqlType string) any {
	switch x := v.(type) {
	case json.Number:
		if f := result.Float(x); f != nil {
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
