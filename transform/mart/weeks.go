package mart

import (
	"fmt"
	"slices"
	"strconv"
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
	if err := b.openWeeks(news); err != nil {
		return err
	}
	state, period, err := b.jobs(news, list)
	if err != nil {
		return err
	}
	if err := b.inGroups(state, list, b.stateWeeks); err != nil {
		return err
	}
	if err := b.inGroups(period, list, b.periodThen); err != nil {
		return err
	}
	if err := b.periodNow(period, s); err != nil {
		return err
	}
	if err := b.insertEmpty(); err != nil {
		return err
	}
	if err := b.exec("drop table if exists temp.mw_weeks"); err != nil {
		return err
	}
	if err := b.showWeeks(); err != nil {
		return err
	}
	return b.writeState(s)
}

// jobs are what the news make necessary, of facts that hold states and of those that hold periods; what was known of these
// weeks is forgotten.
func (b *builder) jobs(news *news, list []week) (state, period []job, err error) {
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
		if err := b.forget(j, from == everyWeek); err != nil {
			return nil, nil, err
		}
		if f.Mode == metric.Period {
			period = append(period, j)
		} else {
			state = append(state, j)
		}
	}
	return state, period, nil
}

// job is a fact and the weeks that must be computed anew, as known then and now.
type job struct {
	fact      *metric.Fact
	then, now []week
}

// reads are the models that a job is answered from.
func (j job) reads() []string {
	if j.covers() {
		return []string{j.fact.Table, metric.ObligationTable, metric.CountedTable}
	}
	return []string{j.fact.Table}
}

// covers says whether a job also tells what ledgers waited for: that of the obligations does.
func (j job) covers() bool { return j.fact.Mode == metric.Obligation && len(j.now) > 0 }

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
// each job and what to read its models from.
func (b *builder) restated(prefix string, jobs []job, points []warehouse.Point, do func(j job, src *warehouse.Restated) error) error {
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
		for _, t := range j.reads() {
			if !seen[t] {
				seen[t] = true
				wanted = append(wanted, t)
			}
		}
	}
	src, err := warehouse.Restate(b.ctx, b.conn, models, warehouse.RestateOptions{Pruned: true}, prefix, points, wanted...)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if err := do(j, src); err != nil {
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

// cells says which week and basis a run stands for. Neither list leaves a week out between its first and its last.
func cells(then, now []week) string {
	var parts []string
	add := func(basis string, list []week) {
		if len(list) > 0 {
			parts = append(parts, fmt.Sprintf("select week, '%[1]s' as basis, as_of, %[1]s_at as known_at from temp.mw_weeks where as_of between date '%[2]s' and date '%[3]s'", basis, list[0].asOf, list[len(list)-1].asOf))
		}
	}
	add("then", then)
	add("now", now)
	return "(" + strings.Join(parts, " union all ") + ") as w"
}

// pointsOf are the points that some weeks need, each once: of states as known then and now, with the window of a year that
// readers ask for; else as known then, with the week as the window.
func pointsOf(jobs []job, states bool) []warehouse.Point {
	var out []warehouse.Point
	seen := map[warehouse.Point]bool{}
	add := func(w week, known time.Time) {
		p := warehouse.Point{AsOf: w.asOf, KnownAt: known, From: w.start}
		if states {
			p.From = calendar.NewDate(w.asOf.Year(), time.January, 1)
		}
		if !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	for _, j := range jobs {
		for _, w := range j.then {
			add(w, w.then)
		}
		if states {
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

// groupRows is how many rows of one model a group of weeks may have at all its points: what they are grouped by lies in memory,
// and a large zone's ledgers of two years, twice, took 2 GB of it.
var groupRows = 1_000_000

// inGroups calls do for some weeks after some, each time with the jobs that are about them.
func (b *builder) inGroups(jobs []job, list []week, do func([]job) error) error {
	if len(jobs) == 0 || len(list) == 0 {
		return nil
	}
	rows := 1
	tables := []string{metric.CountedTable}
	for _, j := range jobs {
		if j.fact.Mode != metric.Period { // of which a point reads the rows of its week
			tables = append(tables, j.fact.Table)
		}
	}
	for _, t := range tables {
		n, err := warehouse.Strings(b.ctx, b.conn, "select cast(count(*) as varchar) from "+t)
		if err != nil {
			return err
		}
		if k, err := strconv.Atoi(n[0]); err == nil {
			rows = max(rows, k)
		}
	}
	for group := range slices.Chunk(list, max(1, groupRows/(2*rows))) {
		first, last := group[0].asOf, group[len(group)-1].asOf
		within := func(list []week) []week {
			return slices.DeleteFunc(slices.Clone(list), func(w week) bool { return w.asOf < first || w.asOf > last })
		}
		var some []job
		for _, j := range jobs {
			if g := (job{j.fact, within(j.then), within(j.now)}); len(g.then)+len(g.now) > 0 {
				some = append(some, g)
			}
		}
		if err := do(some); err != nil {
			return err
		}
	}
	return nil
}

// stateWeeks: ledgers and obligations, the state at each week's end.
func (b *builder) stateWeeks(jobs []job) error {
	return b.restated("mw_state_", jobs, pointsOf(jobs, true), func(j job, src *warehouse.Restated) error {
		table := src.Name(j.fact.Table)
		if err := b.insertCover(j, src); err != nil {
			return err
		}
		c, at := metric.NewCompiler(j.fact, b.c.MetricsOf(j.fact), ""), cells(j.then, j.now)
		if has, err := b.hasRows(j.fact, table); err != nil || !has {
			b.noRows(c, at)
			return err
		}
		return b.insertWeeks(c, j.fact, c.Folded(c.From(only(table, at)), "zone", "as_of", "known_at"), at, sameRun)
	})
}

// periodThen: rows dated within each week, from the returns known at its end.
func (b *builder) periodThen(jobs []job) error {
	return b.restated("mw_then_", jobs, pointsOf(jobs, false), func(j job, src *warehouse.Restated) error {
		if len(j.then) == 0 {
			return nil
		}
		table := src.Name(j.fact.Table)
		c, at := metric.NewCompiler(j.fact, b.c.MetricsOf(j.fact), "week"), cells(j.then, nil)
		if has, err := b.hasRows(j.fact, table); err != nil || !has {
			b.noRows(c, at)
			return err
		}
		return b.insertWeeks(c, j.fact, c.Folded(c.From(only(table, at)), "zone", "as_of", "known_at"), at, sameRun)
	})
}

// periodNow: rows dated within each week, from all returns that count now, in one run whose window begins with the first week
// asked for.
func (b *builder) periodNow(jobs []job, s *weekState) error {
	first := never
	for _, j := range jobs {
		if len(j.now) > 0 {
			first = min(first, j.now[0].start)
		}
	}
	if first == never {
		return nil
	}
	points := []warehouse.Point{{AsOf: s.asOf, KnownAt: s.knownAt, From: first}}
	return b.restated("mw_now_", jobs, points, func(j job, src *warehouse.Restated) error {
		if len(j.now) == 0 {
			return nil
		}
		table := src.Name(j.fact.Table)
		c := metric.NewCompiler(j.fact, b.c.MetricsOf(j.fact), "week")
		if has, err := b.hasRows(j.fact, table); err != nil || !has {
			b.noRows(c, cells(nil, j.now))
			return err
		}
		labelled := fmt.Sprintf("(select *, %s as week from %s where own_on >= date '%s')", c.Label(), table, j.now[0].start)
		return b.insertWeeks(c, j.fact, c.Folded(c.From(labelled), "zone", "week"), cells(nil, j.now), "c.week = w.week")
	})
}

// hasRows says whether a fact has any row at the points asked for; table is its model there, to be evaluated. DuckDB takes ten
// times as long to plan a fact's cube, and most offices hand in a few of the forms: what has rows today may have none at these
// points, and costs the plan. A metric that doesn't fit its table fails before, where the day's figures are built.
func (b *builder) hasRows(f *metric.Fact, table string) (bool, error) {
	for _, t := range []string{f.Table, table} {
		if some, err := warehouse.Strings(b.ctx, b.conn, "select 'x' from "+t+" as t limit 1"); err != nil || len(some) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}
