package queries

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// keptWeeks answers a question for states at ends of weeks from the history that the publication keeps. It gives none where they
// have to be computed: as known at another time, at other dates, under conditions, by two dimensions, by metrics or over models
// that were edited since, and where a publication holds several zones.
func (r *Reader) keptWeeks(ctx context.Context, q question) ([]Figure, error) {
	dimensions := q.keptBy()
	if r.db == nil || !q.timed() || dimensions == nil || len(r.edited) > 0 || len(r.zones) > 1 {
		return nil, nil
	}
	facts := metric.FactsOf(q.metrics)
	if ok, err := r.keepsWeeks(ctx, q, facts); err != nil || !ok {
		return nil, err
	}
	dates := make([]string, len(q.points))
	at := map[string]warehouse.Point{}
	for i, p := range q.points {
		dates[i] = "date '" + p.AsOf.String() + "'"
		at[p.AsOf.String()] = p
	}
	within := "as_of in (" + strings.Join(dates, ", ") + ")"
	cover, err := r.keptCover(ctx, at, within)
	if err != nil {
		return nil, err
	}
	tables, err := r.texts(ctx, "select table_name from duckdb_tables() where schema_name = 'built' and starts_with(table_name, '"+metric.WeekPrefix+"')")
	if err != nil {
		return nil, lang.Errorf("kept weeks: %w", "保存的逐周数字：%w", err)
	}
	a := tally{q: q, cover: cover, seen: map[seenGroup]bool{}}
	for _, f := range facts {
		if !slices.Contains(tables, metric.WeekPrefix+f.ID) { // which never had rows
			continue
		}
		if err := r.addWeeks(ctx, &a, f, at, "dimension in ("+strings.Join(dimensions, ", ")+") and "+within); err != nil {
			return nil, err
		}
	}
	return r.whole(a, facts), nil
}

// addWeeks adds what the history keeps of a fact's metrics.
func (r *Reader) addWeeks(ctx context.Context, a *tally, f *metric.Fact, at map[string]warehouse.Point, where string) error {
	asked := metric.OfFact(a.q.metrics, f)
	columns := metric.NewCompiler(f, r.Catalogue.MetricsOf(f), "").AggregatesOf(asked)
	t, err := r.table(ctx, fmt.Sprintf("select cast(as_of as varchar), dimension = 'total', dimension_value, %s from %s where basis = 'now' and %s",
		strings.Join(columns, ", "), metric.WeekTable(f), where))
	if err != nil {
		return lang.Errorf("kept weeks: %w", "保存的逐周数字：%w", err)
	}
	for _, row := range t.Rows {
		var dims []DimValue
		if row[1] != true {
			dims = dimsOf(a.q.by, row[2:])
		}
		a.add(asked, at[row[0].(string)], dims, row[3:])
	}
	return nil
}

// keptCover reads the coverage that the history keeps for some dates.
func (r *Reader) keptCover(ctx context.Context, at map[string]warehouse.Point, within string) (*cover, error) {
	t, err := r.table(ctx, "select form, submitter, '', expected, received, rows_refused, values_emptied, cast(as_of as varchar), null, zone from "+metric.CoverTable+" where "+within)
	if err != nil {
		return nil, lang.Errorf("kept coverage: %w", "保存的报送情况：%w", err)
	}
	out := &cover{timed: true, cells: map[coverKey]Coverage{}}
	for _, row := range t.Rows {
		moment := momentOf(at[row[7].(string)])
		row[7], row[8] = moment[0], moment[1]
		out.add(row)
	}
	return out, nil
}

// keepsWeeks says whether the history holds what a question asks for: states of ledgers and obligations, as declared, at ends of
// weeks, the running one's being the publication's date.
func (r *Reader) keepsWeeks(ctx context.Context, q question, facts []*metric.Fact) (bool, error) {
	var obligations []*metric.Fact // whose history brings the coverage
	for _, f := range r.Catalogue.Facts {
		if f.Mode == metric.Obligation && len(r.Catalogue.MetricsOf(f)) > 0 {
			obligations = append(obligations, f)
		}
	}
	if len(obligations) == 0 || slices.ContainsFunc(facts, func(f *metric.Fact) bool { return f.Mode == metric.Period }) {
		return false, nil
	}
	if ok, err := r.asDeclared(ctx, append(obligations, facts...)); err != nil || !ok {
		return false, err
	}
	ledgers, err := r.texts(ctx, "select form from ctl.form where mode = 'ledger'")
	if err != nil {
		return false, err
	}
	for _, f := range facts {
		if slices.ContainsFunc(f.Forms, func(form string) bool { return !slices.Contains(ledgers, form) }) {
			return false, nil
		}
	}
	first := calendar.Date(0)
	err = warehouse.Each(ctx, r.db.Conn, "select first_week from ctl.metric_week_state where as_of = ? and known_at = ?", func(v []any) error {
		first = calendar.Of(v[0].(time.Time))
		return nil
	}, r.point.AsOf.String(), r.point.KnownAt.Format(warehouse.Stamp))
	if err != nil || first == 0 {
		return false, err
	}
	for _, p := range q.points {
		week := calendar.WeekOf(p.AsOf)
		if !p.KnownAt.Equal(r.point.KnownAt) || p.AsOf != min(week.End(), r.point.AsOf) || week.Start < first || p.From != calendar.NewDate(p.AsOf.Year(), time.January, 1) {
			return false, nil
		}
	}
	return true, nil
}

// asDeclared says whether the figures of some facts are kept by the metrics and over the tables that there are now.
func (r *Reader) asDeclared(ctx context.Context, facts []*metric.Fact) (bool, error) {
	versions, kept, err := metric.FigureStates(ctx, r.db.Conn)
	if err != nil {
		return false, lang.Errorf("kept figures: %w", "保存的数字：%w", err)
	}
	return !slices.ContainsFunc(facts, func(f *metric.Fact) bool {
		return versions[f.Table] == "" || kept[f.ID] != metric.Fingerprint(metric.FigureCube(f, r.Catalogue.MetricsOf(f)), versions[f.Table])
	}), nil
}
