package queries

import (
	"context"
	"strings"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// ReturnsAsk selects returns: all that were received by the known-at time, or
// those of a submitter (name or code), form, period, status or id.
type ReturnsAsk struct {
	warehouse.Point
	ID, Submitter, Form, Period, Status string
	// UntilAsOf leaves out returns whose cut-off date (without one: the day received) is later than the as-of date.
	UntilAsOf bool
}

// returnKeys are the keys of `returns list`, in order.
var returnKeys = []string{"return", "file", "submitter", "form", "period", "cutoff", "status", "rows", "rows_refused",
	"values_emptied", "errors", "warnings", "received_at", "due_at", "late", "superseded_by", "decision"}

// statusKeys are the keys of `status`, in order.
var statusKeys = []string{"submitter", "form", "period", "due_at", "state"}

// First is the earliest day as of which rows that were accepted are, and when the first of them came in; no day where none was.
func (r *Reader) First(ctx context.Context) (cutoff calendar.Date, received time.Time, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.table(ctx, "select cast(min(cutoff) as varchar), cast(min(received_at) as varchar) from raw.return where status in ('accepted', 'accepted_with_warnings', 'partially_accepted')")
	if err != nil || len(t.Rows) == 0 || t.Rows[0][0] == nil || t.Rows[0][1] == nil {
		return calendar.NoDate, time.Time{}, err
	}
	if cutoff, err = calendar.ParseDate(text0(t.Rows[0][0])); err != nil {
		return calendar.NoDate, time.Time{}, err
	}
	received, err = warehouse.ParseWallClock(text0(t.Rows[0][1]), r.loc)
	return cutoff, received, err
}

// Returns lists returns in the order in which they arrived.
func (r *Reader) Returns(ctx context.Context, a ReturnsAsk) ([]result.Record, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a.Point = r.At(a.Point)
	src, err := r.source(ctx, []warehouse.Point{a.Point}, "core.known_return", metric.CountedTable)
	if err != nil {
		return nil, err
	}
	known := src.Name("core.known_return")
	conditions := []string{"true"}
	for col, v := range map[string]string{"k.return_id": a.ID, "k.form": a.Form, "k.period": a.Period, "k.status": a.Status} {
		if v != "" {
			conditions = append(conditions, col+" = "+warehouse.Quote(v))
		}
	}
	if a.Submitter != "" {
		v := warehouse.Quote(a.Submitter)
		conditions = append(conditions, "(k.submitter = "+v+" or s.name = "+v+")")
	}
	if a.UntilAsOf {
		conditions = append(conditions, "coalesce(k.cutoff, cast(k.received_at as date)) <= date "+warehouse.Quote(a.AsOf.String()))
	}
	// a return that stands takes the place of the accepted ones before it
	q := `with placed as (
		select *, row_number() over (order by received_at, arrival, return_id) as n from ` + known + `
	), followed as (
		select k.zone, k.return_id, min_by(x.return_id, x.n) as superseded_by
		from placed as k join placed as x
			on x.zone = k.zone and x.submitter = k.submitter and x.form = k.form and x.period = k.period and x.stands and x.n > k.n
		where k.is_accepted
		group by 1, 2
	)
	select k.return_id, r.file, coalesce(s.name, k.submitter), k.form, k.period, k.cutoff, k.status,
		coalesce(k.rows_loaded, 0), coalesce(k.rows_refused, 0), coalesce(k.values_emptied, 0), coalesce(r.errors, 0), coalesce(r.warnings, 0),
		k.received_at, k.due_at, coalesce(r.late, false), f.superseded_by, k.decision
	from placed as k
	join raw.return as r on r.zone = k.zone and r.return_id = k.return_id
	left join core.dim_submitter as s on s.zone = k.zone and s.code = k.submitter
	left join followed as f on f.zone = k.zone and f.return_id = k.return_id
	where ` + strings.Join(conditions, " and ") + "\norder by r.arrival, k.return_id"
	t, err := r.table(ctx, q)
	if err != nil {
		return nil, lang.Errorf("list returns: %w", "列出报表：%w", err)
	}
	out := make([]result.Record, 0, len(t.Rows))
	for _, row := range t.Rows {
		rec := make(result.Record, len(returnKeys))
		for i, k := range returnKeys {
			v := row[i]
			if k == "received_at" || k == "due_at" {
				v = r.instant(v)
			}
			rec[i] = result.Entry{Key: k, Value: v}
		}
		out = append(out, rec)
	}
	return out, nil
}

// ErrNoReturn says that no return of that id was received by the known-at time.
type ErrNoReturn struct{ ID string }

func (e *ErrNoReturn) Error() string { return lang.Phrase("no return %s", "没有报表 %s", e.ID) }

// Return is one return with its findings.
func (r *Reader) Return(ctx context.Context, id string, p warehouse.Point) (result.Record, error) {
	list, err := r.Returns(ctx, ReturnsAsk{Point: p, ID: id, UntilAsOf: isSet(p.AsOf)})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, &ErrNoReturn{id}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.table(ctx, "select severity, rule, sheet, cell, value, message, hint, field from raw.finding where return_id = ? order by seq", id)
	if err != nil {
		return nil, err
	}
	findings := make([]result.Record, 0, len(t.Rows))
	for _, row := range t.Rows {
		findings = append(findings, result.RecordOf(t, row))
	}
	t, err = r.table(ctx, "select rule, sheet, cell, value, message, said as explanation from raw.explanation where return_id = ? order by seq", id)
	if err != nil {
		return nil, err
	}
	explained := t.Records()
	passed, err := r.listed(ctx, id, "raw.passed_over", "sheet, row_no as row, kind")
	if err != nil {
		return nil, err
	}
	unread, err := r.listed(ctx, id, "raw.unread", "sheet, cell, value, case when value like '批注：%' then 'comment' else 'cell' end as kind")
	if err != nil {
		return nil, err
	}
	rec := append(list[0], result.Entry{Key: "findings", Value: findings}, result.Entry{Key: "explained", Value: explained}, result.Entry{Key: "passed_over", Value: passed.rows}, result.Entry{Key: "unread", Value: unread.rows})
	if passed.total > int64(len(passed.rows)) {
		rec = append(rec, result.Entry{Key: "passed_over_total", Value: passed.total})
	}
	if unread.total > int64(len(unread.rows)) {
		rec = append(rec, result.Entry{Key: "unread_total", Value: unread.total})
	}
	return rec, nil
}

// listing is what a return names of its rows or cells, and how many there are: it names 500 at most.
type listing struct {
	rows  []result.Record
	total int64
}

// listed reads such a list. A publication made by an earlier program has none.
func (r *Reader) listed(ctx context.Context, id, table, columns string) (l listing, err error) {
	have, err := r.table(ctx, "select table_name from duckdb_tables() where schema_name || '.' || table_name = ?", table)
	if err != nil || len(have.Rows) == 0 {
		return listing{rows: []result.Record{}}, err
	}
	t, err := r.table(ctx, "select "+columns+" from "+table+" where return_id = ? order by seq", id)
	if err != nil {
		return l, err
	}
	l.rows = t.Records()
	n, err := r.table(ctx, "select cast(coalesce(max(total), 0) as bigint) from "+table+" where return_id = ?", id)
	if err == nil {
		l.total, _ = n.Rows[0][0].(int64)
	}
	return l, err
}

// Outcomes are what may have become of a return.
func Outcomes() []string {
	return []string{"accepted", "accepted_with_warnings", "partially_accepted", "rejected", "duplicate"}
}

// StatusAsk selects obligations: by default the newest due period of every
// submitter and form, else one period, or all.
type StatusAsk struct {
	warehouse.Point
	Period          string
	All             bool
	Submitter, Form string
	Chased          bool // leaves out the last periods of units that ended a month and more ago
}

// Status lists who owes what, in 机构序列, with the state of each:
// received, late, missing, not_due, rejected, waived.
func (r *Reader) Status(ctx context.Context, a StatusAsk) ([]result.Record, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a.Point = r.At(a.Point)
	src, err := r.source(ctx, []warehouse.Point{a.Point}, metric.ObligationTable)
	if err != nil {
		return nil, err
	}
	conditions := []string{"true"}
	switch {
	case a.Period != "":
		conditions = append(conditions, "o.period = "+warehouse.Quote(a.Period))
	case !a.All:
		// of those who were never due yet, what they will owe first
		conditions = append(conditions, "(o.is_newest_due or o.has_no_due and o.first_due = o.due_at)",
			"not coalesce(o.as_of > s.until_on and o.due_at < cast(s.until_on as timestamp) - interval '31' day, false)")
	}
	if a.Chased {
		conditions = append(conditions, "not coalesce(o.as_of > s.until_on and o.due_at < cast(o.as_of as timestamp) - interval '31' day, false)")
	}
	if a.Form != "" {
		conditions = append(conditions, "o.form = "+warehouse.Quote(a.Form))
	}
	if a.Submitter != "" {
		v := warehouse.Quote(a.Submitter)
		conditions = append(conditions, "(o.submitter_code = "+v+" or o.submitter = "+v+")")
	}
	t, err := r.table(ctx, `with o as (
		select *, not bool_or(is_due) over w as has_no_due, min(due_at) over w as first_due
		from `+src.Name(metric.ObligationTable)+` window w as (partition by zone, submitter_code, form)
	)
	select o.submitter, o.form, o.period, o.due_at, o.state
	from o left join core.dim_submitter as s on s.zone = o.zone and s.code = o.submitter_code
	left join ctl.form as f on f.form = o.form
	where `+strings.Join(conditions, " and ")+`
	order by coalesce(s.seq, 9999), coalesce(f.seq, 9999), o.form, o.period_start`)
	if err != nil {
		return nil, lang.Errorf("status: %w", "报送情况：%w", err)
	}
	out := make([]result.Record, 0, len(t.Rows))
	for _, v := range t.Rows {
		v[3] = r.instant(v[3])
		rec := make(result.Record, len(statusKeys))
		for i, k := range statusKeys {
			rec[i] = result.Entry{Key: k, Value: v[i]}
		}
		out = append(out, rec)
	}
	return out, nil
}
