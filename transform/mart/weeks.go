package mart

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// week of the history: as_of is its end, of the running week the publication's
// as-of date; then is the time at which it ended, or the known-at time.
type week struct {
	label       string
	start, asOf calendar.Date
	ended       time.Time
	then, now   time.Time // known-at times; like all times here wall clocks, as if UTC
}

func endOf(d calendar.Date) time.Time { return (d + 1).Time(time.UTC) }

// weeks brings mart.metric_week up to date.
func (b *builder) weeks(full bool) error {
	s, err := b.readState()
	if err != nil {
		return err
	}
	list := weeksOf(s.firstWeek, s.asOf, s.knownAt)
	b.stats.Weeks = len(list)
	if err := b.listWeeks(list); err != nil {
		return err
	}
	var news *news
	if !full {
		if news, err = b.news(s); err != nil {
			return err
		}
	}
	b.stats.Full = news == nil
	if b.stats.Full {
		err = b.exec(`create or replace table mart.metric_week (zone varchar, metric varchar, dimension varchar, dimension_value varchar,
			week varchar, basis varchar, value double, num decimal(38, 2), den decimal(38, 2), as_of date)`)
		if err != nil {
			return err
		}
	}
	if news != nil && len(news.moved) > 0 {
		if err := b.forgetUndeclared(); err != nil {
			return err
		}
	}
	var state, period []job
	for _, f := range b.c.Facts {
		if len(b.c.MetricsOf(f)) == 0 {
			continue
		}
		j := job{fact: f}
		from := news.of(f)
		for _, w := range list {
			if from.hasThen(w) {
				j.then = append(j.then, w)
			}
			if from.hasNow(w) {
				j.now = append(j.now, w)
			}
		}
		if from == everyWeek {
			b.stats.AnewFacts++
		}
		b.stats.ThenWeeks = max(b.stats.ThenWeeks, len(j.then))
		b.stats.NowWeeks = max(b.stats.NowWeeks, len(j.now))
		if len(j.then)+len(j.now) == 0 {
			continue
		}
		if !b.stats.Full {
			if err := b.forget(j); err != nil {
				return err
			}
		}
		if f.Mode == metric.Period {
			period = append(period, j)
		} else {
			state = append(state, j)
		}
	}
	if err := b.stateWeeks(state); err != nil {
		return err
	}
	if err := b.periodWeeks(period, s); err != nil {
		return err
	}
	if err := b.insertEmpty(); err != nil {
		return err
	}
	if err := b.exec("drop table if exists temp.mw_weeks"); err != nil {
		return err
	}
	return b.writeState(s)
}

// job is a fact and the weeks that must be computed anew, as known then and now.
type job struct {
	fact      *metric.Fact
	then, now []week
}

// forgetUndeclared deletes metrics that are declared no more.
func (b *builder) forgetUndeclared() error {
	names := make([]string, len(b.c.Metrics))
	for i, m := range b.c.Metrics {
		names[i] = warehouse.Quote(m.ID)
	}
	return b.exec("delete from mart.metric_week where metric not in (" + strings.Join(names, ", ") + ")")
}

// forget deletes what a job computes anew: the weeks from its first on, whose rows bear as-of dates within them.
func (b *builder) forget(j job) error {
	var names []string
	for _, m := range b.c.MetricsOf(j.fact) {
		names = append(names, warehouse.Quote(m.ID))
	}
	first := func(list []week) calendar.Date {
		if len(list) == 0 {
			return never
		}
		return list[0].start
	}
	then, now := first(j.then), first(j.now)
	return b.exec(fmt.Sprintf("delete from mart.metric_week where metric in (%s) and as_of >= date '%s' and as_of >= case basis when 'then' then date '%s' else date '%s' end",
		strings.Join(names, ", "), min(then, now), then, now)) // the plain bound lets DuckDB pass most of the history over
}

func weeksOf(first, asOf calendar.Date, knownAt time.Time) []week {
	var out []week
	for p := calendar.WeekOf(first); p.Start <= asOf; p = p.Next() {
		w := week{label: p.String(), start: p.Start, asOf: min(p.End(), asOf), now: knownAt}
		then := endOf(p.End())
		if then.After(knownAt) {
			then = knownAt
		}
		w.ended, w.then = then, then
		out = append(out, w)
	}
	return out
}

// restated runs the models of some jobs at a list of points and calls do with
// each job and the name to read it from.
func (b *builder) restated(prefix string, jobs []job, points []warehouse.Point, do func(j job, table string) error) error {
	if len(points) == 0 || len(jobs) == 0 {
		return nil
	}
	models, err := warehouse.Models(b.ctx, b.conn)
	if err != nil {
		return err
	}
	var wanted []string
	seen := map[string]bool{}
	for _, j := range jobs {
		if t := j.fact.Table; !seen[t] {
			seen[t] = true
			wanted = append(wanted, t)
		}
	}
	src, err := warehouse.RestateWith(b.ctx, b.conn, models, warehouse.RestateOptions{Pruned: true}, prefix, points, wanted...)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if err := do(j, src.Name(j.fact.Table)); err != nil {
			return err
		}
	}
	return src.Drop(b.ctx, b.conn)
}

// listWeeks keeps the weeks in a temporary table for cells. DuckDB takes longer to bind a list of some hundred rows in a
// text than to compute what it is for, and every fact's statement names it three times.
func (b *builder) listWeeks(list []week) error {
	if len(list) == 0 {
		return nil
	}
	rows := make([]string, len(list))
	for i, w := range list {
		rows[i] = fmt.Sprintf("('%s', '%s', '%s', '%s')", w.label, w.asOf, w.then.Format(warehouse.Stamp), w.now.Format(warehouse.Stamp))
	}
	return b.exec(`create or replace temp table mw_weeks as
		select week, cast(as_of as date) as as_of, cast(then_at as timestamp(6)) as then_at, cast(now_at as timestamp(6)) as now_at
		from (values ` + strings.Join(rows, ", ") + `) as w(week, as_of, then_at, now_at)`)
}

// cells says which week and basis a run stands for. Both lists go on to the last week.
func cells(then, now []week) string {
	var parts []string
	add := func(basis string, list []week) {
		if len(list) > 0 {
			parts = append(parts, fmt.Sprintf("select week, '%[1]s' as basis, as_of, %[1]s_at as known_at from temp.mw_weeks where as_of >= date '%[2]s'", basis, list[0].asOf))
		}
	}
	add("then", then)
	add("now", now)
	return "(" + strings.Join(parts, " union all ") + ") as w"
}

// pointsOf are the points that some weeks need, each once.
func pointsOf(jobs []job, now bool) []warehouse.Point {
	var out []warehouse.Point
	seen := map[warehouse.Point]bool{}
	add := func(w week, known time.Time) {
		p := warehouse.Point{AsOf: w.asOf, KnownAt: known, From: w.start}
		if !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	for _, j := range jobs {
		for _, w := range j.then {
			add(w, w.then)
		}
		if now {
			for _, w := range j.now {
				add(w, w.now)
			}
		}
	}
	return out
}

const sameRun = "c.as_of = w.as_of and c.known_at = w.known_at"

// only are the rows of the runs that a job is about: others may need more runs.
func only(table, cells string) string {
	return "(select c.* from " + table + " as c where (c.as_of, c.known_at) in (select as_of, known_at from " + cells + "))"
}

// stateWeeks: ledgers and obligations, the state at each week's end.
func (b *builder) stateWeeks(jobs []job) error {
	return b.restated("mw_state_", jobs, pointsOf(jobs, true), func(j job, table string) error {
		c, at := metric.NewCompiler(j.fact, b.c.MetricsOf(j.fact), ""), cells(j.then, j.now)
		if has, err := b.hasRows(table); err != nil || !has {
			b.noRows(c, at)
			return err
		}
		return b.insertWeeks(c, c.Cube(c.From(only(table, at)), "as_of, known_at", false), at, sameRun)
	})
}

// periodWeeks: rows dated within each week; as known then from the returns
// known at its end, as known now from all that count now, in one run whose
// window begins with the first week asked for.
func (b *builder) periodWeeks(jobs []job, s *weekState) error {
	err := b.restated("mw_then_", jobs, pointsOf(jobs, false), func(j job, table string) error {
		if len(j.then) == 0 {
			return nil
		}
		c, at := metric.NewCompiler(j.fact, b.c.MetricsOf(j.fact), "week"), cells(j.then, nil)
		if has, err := b.hasRows(table); err != nil || !has {
			b.noRows(c, at)
			return err
		}
		return b.insertWeeks(c, c.Cube(c.From(only(table, at)), "as_of, known_at", false), at, sameRun)
	})
	if err != nil {
		return err
	}
	var first calendar.Date
	for i, j := range jobs {
		if len(j.now) > 0 && (i == 0 || j.now[0].start < first) {
			first = j.now[0].start
		}
	}
	points := []warehouse.Point{{AsOf: s.asOf, KnownAt: s.knownAt, From: first}}
	return b.restated("mw_now_", jobs, points, func(j job, table string) error {
		if len(j.now) == 0 {
			return nil
		}
		c := metric.NewCompiler(j.fact, b.c.MetricsOf(j.fact), "week")
		if has, err := b.hasRows(table); err != nil || !has {
			b.noRows(c, cells(nil, j.now))
			return err
		}
		labelled := fmt.Sprintf("(select *, %s as week from %s where own_on >= date '%s')", c.Label(), table, j.now[0].start)
		return b.insertWeeks(c, c.Cube(c.From(labelled), "week", false), cells(nil, j.now), "c.week = w.week")
	})
}

// hasRows says whether a fact has any row at the points asked for. DuckDB takes ten times as long to plan a fact's cube, and
// most offices hand in a few of the forms. A metric that doesn't fit its table fails before, where the day's figures are built.
func (b *builder) hasRows(table string) (bool, error) {
	some, err := warehouse.Strings(b.ctx, b.conn, "select 'x' from "+table+" as t limit 1")
	return len(some) > 0, err
}

// noRows notes metrics that have nothing but empty weeks, for insertEmpty.
func (b *builder) noRows(c *metric.Compiler, cells string) {
	if b.empty == nil {
		b.empty = map[string][]*metric.Metric{}
	}
	b.empty[cells] = append(b.empty[cells], c.Metrics...)
}

// insertEmpty writes the totals of the metrics that noRows noted.
func (b *builder) insertEmpty() error {
	for _, cells := range slices.Sorted(maps.Keys(b.empty)) {
		if err := b.exec("insert into mart.metric_week " + emptyWeeks(b.empty[cells], cells) + "\norder by as_of, metric, week, basis"); err != nil {
			return err
		}
	}
	b.empty = nil
	return nil
}

// emptyWeeks selects the totals of metrics in weeks without rows.
func emptyWeeks(metrics []*metric.Metric, cells string) string {
	var rows []string
	for _, m := range metrics {
		zero := "0"
		if m.IsRatio() || m.Value.Agg == "median" {
			zero = "null"
		}
		rows = append(rows, fmt.Sprintf("(%s, cast(%s as double), %t)", warehouse.Quote(m.ID), zero, m.IsRatio()))
	}
	return `select z.zone, d.metric, 'total', null, w.week, w.basis, d.zero, case when d.is_ratio then 0 end, case when d.is_ratio then 0 end, w.as_of
	from (select zone from ctl.zone union select zone from raw.return) as z
	cross join (values ` + strings.Join(rows, ", ") + `) as d(metric, zero, is_ratio)
	cross join ` + cells
}

// insertWeeks writes the figures of one fact, and the totals of weeks in which
// it had no rows. In order of time, so that what a later run deletes and what a
// reader asks for lie together; within a week equal values side by side take a
// third less room.
func (b *builder) insertWeeks(c *metric.Compiler, cube, cells, on string) error {
	return b.exec(`insert into mart.metric_week
with figures as (
	select c.zone, c.metric, c.dimension, c.dimension_value, w.week, w.basis, c.value, c.num, c.den, w.as_of
	from (` + cube + `) as c join ` + cells + ` on ` + on + `
),
empty_weeks as (
	` + emptyWeeks(c.Metrics, cells) + `
	where not exists (select 1 from figures as f
		where f.zone = z.zone and f.metric = d.metric and f.dimension = 'total' and f.week = w.week and f.basis = w.basis)
)
select * from figures union all select * from empty_weeks
order by as_of, metric, dimension, value, num`)
}
