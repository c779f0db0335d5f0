package queries

import (
	"context"
	"maps"
	"slices"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/spelling"
	"taizhang/internal/warehouse"
)

// WeekValue is a metric's value at the end of a week: as it was known then, and
// as it is known at the point asked for. Nil is no value; HasThen is false
// where nobody looked then (a week that had not ended by the publication).
type WeekValue struct {
	Week      string // 2022-W33
	Then, Now any
	HasThen   bool
}

// Weeks gives a metric week by week until the as-of date. The ask names one
// metric that allows weeks and at most one condition; what was known then is
// kept for the total and for single dimensions alone.
func (r *Reader) Weeks(ctx context.Context, a Ask) ([]WeekValue, error) {
	if len(a.Metrics) != 1 || len(a.Where) > 1 {
		return nil, lang.Errorf("weeks are asked of one metric under one condition at most, not of %v under %d", "按周查询一次只能一个指标、最多一个条件，不能是 %v 加%d个条件", a.Metrics, len(a.Where))
	}
	a.By = []string{"week"}
	now, err := r.Metrics(ctx, a)
	if err != nil || len(now) == 0 {
		return nil, err
	}
	then, err := r.knownThen(ctx, a, now[0].Metric)
	if err != nil {
		return nil, err
	}
	out := make([]WeekValue, 0, len(now))
	for _, f := range now {
		if len(f.Dims) == 0 || f.Dims[0].Value == nil {
			continue
		}
		w := WeekValue{Week: *f.Dims[0].Value, Now: f.Value}
		w.Then, w.HasThen = then[w.Week]
		out = append(out, w)
	}
	return out, nil
}

// knownThen reads what the marts keep of the ends of weeks.
func (r *Reader) knownThen(ctx context.Context, a Ask, m *metric.Metric) (map[string]any, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	which := "dimension = 'total'"
	for _, d := range slices.Sorted(maps.Keys(a.Where)) {
		values := []string{r.normal(a.Where)[d]}
		if _, is := m.Fact.Spelled(d); is {
			var err error
			if values, err = r.named(ctx, m, d, spelling.Fold(values[0])); err != nil {
				return nil, err
			}
		}
		for i, v := range values {
			values[i] = warehouse.Quote(v)
		}
		which = "dimension = " + warehouse.Quote(d) + " and coalesce(dimension_value, '') in (" + strings.Join(values, ", ") + ")"
	}
	value := "value"
	if m.Unit == metric.Yuan {
		value = "num" // to the digit
	}
	t, err := r.table(ctx, "select week, "+value+" from mart.metric_week where basis = 'then' and metric = "+warehouse.Quote(m.ID)+" and "+which)
	if err != nil {
		return nil, lang.Errorf("what was known of %s week by week: %w", "%s 逐周所知的数字：%w", m.ID, err)
	}
	out := map[string]any{}
	for _, row := range t.Rows {
		week, _ := row[0].(string)
		out[week] = row[1]
	}
	return out, nil
}

// Original is the file that a return came in.
type Original struct {
	Return, SHA256, File     string
	Arrival                  int64
	Submitter, SubmitterCode string // empty where it could not be told
	Form, Period             string
	Sheet                    string // one that it was read from, empty where none is known
}

// Original gives the file that a return came in, *ErrNoReturn where there is
// no such return.
func (r *Reader) Original(ctx context.Context, id string) (Original, error) {
	list, err := r.originals(ctx, "r.return_id = "+warehouse.Quote(id))
	if err != nil {
		return Original{}, err
	}
	if len(list) == 0 {
		return Original{}, &ErrNoReturn{id}
	}
	return list[0], nil
}

// Sent gives the returns of the newest arrival of a file, by the hex SHA-256 of
// its content, that a submitter (by code) handed in or that nobody could be
// told for; none where it has not come.
func (r *Reader) Sent(ctx context.Context, sha256, submitter string) ([]Original, error) {
	list, err := r.originals(ctx, "r.sha256 = "+warehouse.Quote(sha256)+" and coalesce(r.submitter, "+warehouse.Quote(submitter)+") = "+warehouse.Quote(submitter))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	newest := list[0].Arrival
	return slices.DeleteFunc(list, func(o Original) bool { return o.Arrival != newest }), nil
}

func (r *Reader) originals(ctx context.Context, which string) ([]Original, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.table(ctx, `select r.return_id, r.sha256, r.file, r.arrival, s.name, r.submitter, r.form, r.period,
		(select min(c.sheet) from raw.return_column as c where c.return_id = r.return_id)
		from raw.return as r left join ctl.submitter as s on s.zone = r.zone and s.code = r.submitter
		where `+which+` order by r.arrival desc, r.return_id`)
	if err != nil {
		return nil, lang.Errorf("find an original: %w", "查找原件：%w", err)
	}
	var out []Original
	for _, row := range t.Rows {
		text := func(i int) string { s, _ := row[i].(string); return s }
		o := Original{Return: text(0), SHA256: text(1), File: text(2), Submitter: text(4), SubmitterCode: text(5), Form: text(6), Period: text(7), Sheet: text(8)}
		o.Arrival, _ = row[3].(int64)
		out = append(out, o)
	}
	return out, nil
}

// SheetColumn is where a form's field stood in a sheet of a return: its
// column's letters, the rows of data under it, and its heading's row.
type SheetColumn struct {
	Sheet, Title, Field, Col string
	Head, From, To           int64
}

// SheetColumns lists where a return's columns stood.
func (r *Reader) SheetColumns(ctx context.Context, id string) ([]SheetColumn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.table(ctx, `select c.sheet, coalesce(f.title, c.title, c.field), c.field, c.col, cast(coalesce(c.header_row, 0) as bigint), cast(coalesce(c.from_row, 1) as bigint), cast(coalesce(c.to_row, 1048576) as bigint)
		from raw.return_column as c
		left join raw.return as r on r.return_id = c.return_id
		left join ctl.form_column as f on f.form = r.form and f.field = c.field
		where c.col is not null and c.return_id = `+warehouse.Quote(id)+`
		order by c.sheet, coalesce(f.seq, 9999), c.from_row`)
	if err != nil {
		return nil, lang.Errorf("columns of %s: %w", "%s 的各列：%w", id, err)
	}
	var out []SheetColumn
	for _, row := range t.Rows {
		text := func(i int) string { s, _ := row[i].(string); return s }
		number := func(i int) int64 { n, _ := row[i].(int64); return n }
		out = append(out, SheetColumn{text(0), text(1), text(2), text(3), number(4), number(5), number(6)})
	}
	return out, nil
}

// ReceiptText is what the receipt of the file of a return says, as intake kept it
// (see ingest/finding.Kept); empty where it was not kept. Joined zones number
// their arrivals alike, so it goes by the return.
func (r *Reader) ReceiptText(ctx context.Context, id string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.table(ctx, "select k.report from raw.receipt as k join raw.return as r on r.zone = k.zone and r.arrival = k.arrival where r.return_id = ? limit 1", id)
	if err != nil || len(t.Rows) == 0 {
		return "", err
	}
	text, _ := t.Rows[0][0].(string)
	return text, nil
}

// DecisionMade is what an operator decided about a return.
type DecisionMade struct{ Kind, Reason, By, At string }

// Decisions lists what was decided about a return by the known-at time of the
// publication, oldest first.
func (r *Reader) Decisions(ctx context.Context, id string) ([]DecisionMade, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.table(ctx, "select kind, reason, decided_by, decided_at from raw.decision where return_id = ? order by seq", id)
	if err != nil {
		return nil, lang.Errorf("decisions about %s: %w", "对 %s 的决定：%w", id, err)
	}
	var out []DecisionMade
	for _, row := range t.Rows {
		text := func(i int) string { s, _ := row[i].(string); return s }
		at, _ := r.instant(row[3]).(string)
		out = append(out, DecisionMade{text(0), text(1), text(2), at})
	}
	return out, nil
}
