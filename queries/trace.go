package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// Cell is where a column's value of a row stands in the sender's sheet.
type Cell struct{ Title, Address, Field string }

// CellValue is what was read from a column.
type CellValue struct {
	Title string
	Value any // text, nil where nothing stands there
}

// TraceRow is a row behind a figure. Of return_* metrics it is an obligation,
// without file, sheet and row, but with Form, Period and DueAt.
type TraceRow struct {
	Return, File, Archive string
	Submitter             string
	Sheet                 string
	Row                   int64
	Key                   string // the row's business key, as written
	Cells                 []Cell
	Values                []CellValue // what stands in the columns that the metric reads
	Contributes           any         // to the value or the numerator
	ContributesDen        any         // to the denominator, nil where there is none
	Form, Period          string
	DueAt                 any    // RFC 3339
	Zone                  string // where there are several: code of the zone whose return it is
	isObligation          bool
}

// Record is the row with the keys of machine-readable output.
func (t TraceRow) Record() result.Record {
	text := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	cells := make(result.Record, len(t.Cells))
	for i, c := range t.Cells {
		cells[i] = result.Entry{Key: c.Title, Value: c.Address}
	}
	r := result.Record{{Key: "return", Value: text(t.Return)}, {Key: "file", Value: text(t.File)}, {Key: "archive", Value: text(t.Archive)}, {Key: "submitter", Value: t.Submitter},
		{Key: "sheet", Value: text(t.Sheet)}, {Key: "row", Value: nil}, {Key: "cells", Value: cells}, {Key: "contributes", Value: t.Contributes}, {Key: "contributes_den", Value: t.ContributesDen}}
	if t.isObligation {
		r = append(r, result.Entry{Key: "form", Value: t.Form}, result.Entry{Key: "period", Value: t.Period}, result.Entry{Key: "due_at", Value: t.DueAt})
		if t.Zone != "" {
			r = append(r, result.Entry{Key: "zone", Value: t.Zone})
		}
		return r
	}
	r[5].Value = t.Row
	values := make(result.Record, len(t.Values))
	for i, v := range t.Values {
		values[i] = result.Entry{Key: v.Title, Value: v.Value}
	}
	if t.Zone != "" {
		r = append(r, result.Entry{Key: "zone", Value: t.Zone})
	}
	return append(r, result.Entry{Key: "key", Value: text(t.Key)}, result.Entry{Key: "values", Value: values})
}

// Trace lists all rows that a figure follows from: those of its numerator and
// its denominator, in 机构序列, then by zone, return, sheet and row. The ask names one
// metric; By has no meaning here.
func (r *Reader) Trace(ctx context.Context, a Ask) ([]TraceRow, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(a.Metrics) != 1 {
		return nil, lang.Errorf("a trace is of one metric, not %d", "一次只能追溯一个指标，不能%d个", len(a.Metrics))
	}
	a.By = nil
	a, err := r.Named(a)
	if err != nil {
		return nil, err
	}
	a.Point = r.At(a.Point)
	a.Where = r.normal(a.Where)
	metrics, gr, err := r.resolve(a)
	if err != nil {
		return nil, err
	}
	m := metrics[0]
	src, err := r.factRows(ctx, m, gr, a)
	if err != nil {
		return nil, err
	}
	c := metric.NewCompiler(m.Fact, []*metric.Metric{m}, gr.Name())
	shown, err := r.fieldsShown(ctx, m)
	if err != nil {
		return nil, err
	}
	query := c.Trace(src.Name(m.Fact.Table), metric.Filters(m.Fact, a.Where), shown.names())
	t, err := r.table(ctx, query)
	if err != nil {
		return nil, r.blame(ctx, lang.Errorf("trace %s: %w\n%s", "追溯 %s：%w\n%s", m.ID, err, query))
	}
	if len(t.Rows) == 0 {
		if err := r.knownValues(ctx, a, metrics, gr); err != nil {
			return nil, err
		}
	}
	if m.Fact.Mode == metric.Obligation {
		return r.obligationRows(t), nil
	}
	return r.sheetRows(ctx, m, t, shown)
}

func (r *Reader) obligationRows(t result.Table) []TraceRow {
	by := []string{"submitter", "form", "period"}
	slices.SortStableFunc(t.Rows, func(x, y []any) int {
		return cmp.Or(r.compareDims("", dimsOf(by, x), dimsOf(by, y)), strings.Compare(text0(x[7]), text0(y[7]))) // zones may call their units alike
	})
	out := make([]TraceRow, 0, len(t.Rows))
	for _, v := range t.Rows {
		row := TraceRow{isObligation: true, Contributes: v[4], ContributesDen: v[5], DueAt: r.instant(v[3])}
		row.Submitter, _ = v[0].(string)
		row.Form, _ = v[1].(string)
		row.Period, _ = v[2].(string)
		if len(r.zones) > 1 {
			row.Zone = text0(v[7])
		}
		out = append(out, row)
	}
	return out
}

func (r *Reader) sheetRows(ctx context.Context, m *metric.Metric, t result.Table, shown formFields) ([]TraceRow, error) {
	out := make([]TraceRow, 0, len(t.Rows))
	returns := map[string]bool{}
	zones := make([]string, 0, len(t.Rows)) // they may number their returns alike
	for _, v := range t.Rows {
		row := TraceRow{Row: v[5].(int64), Contributes: v[6], ContributesDen: v[7]}
		row.Return, _ = v[0].(string)
		row.File, _ = v[1].(string)
		row.Archive, _ = v[2].(string)
		row.Submitter, _ = v[3].(string)
		row.Sheet, _ = v[4].(string)
		if len(r.zones) > 1 {
			row.Zone = text0(v[9])
		}
		zones = append(zones, text0(v[9]))
		row.Key, row.Values = shown.of(m.Fact.Forms, v[8], v[10:])
		returns[row.Return] = true
		out = append(out, row)
	}
	columns, err := r.columnsOf(ctx, returns)
	if err != nil {
		return nil, err
	}
	for i := range out {
		o := &out[i]
		seen := map[string]bool{}
		for _, c := range columns[[3]string{zones[i], o.Return, o.Sheet}] {
			if o.Row >= c.from && o.Row <= c.to && !seen[c.title] {
				seen[c.title] = true
				o.Cells = append(o.Cells, Cell{c.title, fmt.Sprintf("%s%d", c.col, o.Row), c.field})
			}
		}
	}
	return out, nil
}

// sheetColumn is the column of a form's field in one block of a sheet.
type sheetColumn struct {
	title, field, col string
	from, to          int64
}

// columnsOf reads where the columns stood in the sheets of some returns, in
// the order of the form.
func (r *Reader) columnsOf(ctx context.Context, returns map[string]bool) (map[[3]string][]sheetColumn, error) {
	out := map[[3]string][]sheetColumn{}
	if len(returns) == 0 {
		return out, nil
	}
	ids := make([]string, 0, len(returns))
	for id := range returns {
		ids = append(ids, warehouse.Quote(id))
	}
	slices.Sort(ids)
	q := `select c.return_id, c.sheet, coalesce(f.title, c.title, c.field), c.field, c.col, coalesce(c.from_row, 1), coalesce(c.to_row, 1048576), c.zone
		from raw.return_column as c
		left join raw.return as r on r.zone = c.zone and r.return_id = c.return_id
		left join ctl.form_column as f on f.form = r.form and f.field = c.field
		where c.col is not null and c.return_id in (` + strings.Join(ids, ", ") + `)
		order by c.zone, c.return_id, c.sheet, coalesce(f.seq, 9999), c.from_row, c.col`
	t, err := r.table(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, v := range t.Rows {
		k := [3]string{text0(v[7]), text0(v[0]), text0(v[1])}
		from, _ := v[5].(int64)
		to, _ := v[6].(int64)
		out[k] = append(out[k], sheetColumn{text0(v[2]), text0(v[3]), text0(v[4]), from, to})
	}
	return out, nil
}

// zoneCode is the code of a zone that is called by its name.
func (r *Reader) zoneCode(name string) string {
	if _, isCode := r.zones[name]; isCode {
		return name
	}
	for code, n := range r.zones {
		if n == name {
			return code
		}
	}
	return name
}

// normal writes conditions the way the rows hold them: submitters by name,
// zones by code, no value as the empty text.
func (r *Reader) normal(conditions map[string]string) map[string]string {
	out := make(map[string]string, len(conditions))
	for d, v := range conditions {
		v = strings.TrimSpace(v)
		if v == NoValue {
			v = ""
		}
		if name, ok := r.names[v]; ok && isUnitDimension(d) {
			v = name
		}
		if d == "zone" {
			v = r.zoneCode(v)
		}
		out[d] = v
	}
	return out
}

// factRows is where the rows are of a metric's fact at the points of an ask, one for each bucket where gr breaks a state down.
func (r *Reader) factRows(ctx context.Context, m *metric.Metric, gr *metric.Grain, a Ask) (*warehouse.Restated, error) {
	points := []warehouse.Point{a.Point}
	if gr != nil {
		if err := gr.Span(a.Point, a.Where); err != nil {
			return nil, err
		}
		if m.Fact.Mode != metric.Period {
			points = gr.Points(a.Point)
		}
	}
	return r.source(ctx, points, m.Fact.Table)
}
