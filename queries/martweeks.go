package queries

import (
	"fmt"
	"strings"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/warehouse"
)

// week of the history: as_of is its end, of the running week the publication's
// as-of date; then is the time at which it ended, or the known-at time.
type week struct {
	label       string
	start, asOf calendar.Date
	then, now   string // TIMESTAMP texts
}

const stampLayout = "2006-01-02 15:04:05.999999"

func endOf(d calendar.Date) time.Time { return (d + 1).Time(time.UTC) }

// weeks brings mart.metric_week up to date.
func (b *martBuilder) weeks(full bool) error {
	s, err := b.readState()
	if err != nil {
		return err
	}
	list := weeksOf(s.firstWeek, s.asOf, s.knownAt)
	b.stats.Weeks = len(list)
	thenFrom, nowFrom := calendar.NoDate, calendar.NoDate
	if !full {
		if thenFrom, nowFrom, err = b.affected(s); err != nil {
			return err
		}
	}
	b.stats.Full = !thenFrom.Valid()
	if b.stats.Full {
		err = b.exec(`create or replace table mart.metric_week (zone varchar, metric varchar, dimension varchar, dimension_value varchar,
			week varchar, basis varchar, value double, num decimal(38, 2), den decimal(38, 2), as_of date, known_at timestamp)`)
	} else {
		err = b.exec(fmt.Sprintf(`delete from mart.metric_week where basis = 'then' and as_of >= date '%s'
			or basis = 'now' and (as_of >= date '%s' or metric in (%s))`, thenFrom, nowFrom, b.periodMetrics()))
	}
	if err != nil {
		return err
	}
	var then, now []week
	for _, w := range list {
		if w.asOf >= thenFrom {
			then = append(then, w)
		}
		if w.asOf >= nowFrom {
			now = append(now, w)
		}
	}
	b.stats.ThenWeeks, b.stats.NowWeeks = len(then), len(now)
	if err := b.stateWeeks(then, now); err != nil {
		return err
	}
	if err := b.periodWeeks(then, list, s); err != nil {
		return err
	}
	if !b.stats.Full { // K of rows kept from before
		if err := b.exec(fmt.Sprintf("update mart.metric_week set known_at = timestamp '%s' where basis = 'now' and known_at <> timestamp '%s'", s.stamp(), s.stamp())); err != nil {
			return err
		}
	}
	return b.writeState(s)
}

func weeksOf(first, asOf calendar.Date, knownAt time.Time) []week {
	var out []week
	for p := calendar.WeekOf(first); p.Start <= asOf; p = p.Next() {
		w := week{label: p.String(), start: p.Start, asOf: min(p.End(), asOf), now: knownAt.Format(stampLayout)}
		then := endOf(p.End())
		if then.After(knownAt) {
			then = knownAt
		}
		w.then = then.Format(stampLayout)
		out = append(out, w)
	}
	return out
}

// factsOf splits the facts that have metrics by how they behave in time.
func (b *martBuilder) factsOf(period bool) []*Fact {
	var out []*Fact
	for _, f := range b.c.Facts {
		if (f.Mode == Period) == period && len(b.metricsOf(f)) > 0 {
			out = append(out, f)
		}
	}
	return out
}

func (b *martBuilder) periodMetrics() string {
	out := []string{"''"}
	for _, m := range b.c.Metrics {
		if m.Fact.Mode == Period {
			out = append(out, warehouse.Quote(m.ID))
		}
	}
	return strings.Join(out, ", ")
}

// restated runs the models of some facts over a list of runs and calls do with
// each fact and the name to read it from.
func (b *martBuilder) restated(prefix string, facts []*Fact, runs []warehouse.Run, do func(f *Fact, table string) error) error {
	if len(runs) == 0 || len(facts) == 0 {
		return nil
	}
	models, err := warehouse.Models(b.ctx, b.conn)
	if err != nil {
		return err
	}
	var wanted []string
	seen := map[string]bool{}
	for _, f := range facts {
		if !seen[f.Table] {
			seen[f.Table] = true
			wanted = append(wanted, f.Table)
		}
	}
	src, err := warehouse.Restate(b.ctx, b.conn, models, prefix, runs, wanted...)
	if err != nil {
		return err
	}
	defer src.Drop(b.ctx, b.conn)
	for _, f := range facts {
		if err := do(f, src.Name(f.Table)); err != nil {
			return err
		}
	}
	return nil
}

// cells is the table that says which week and basis a run stands for.
func cells(then, now []week) string {
	var rows []string
	add := func(basis string, list []week, at func(week) string) {
		for _, w := range list {
			rows = append(rows, fmt.Sprintf("('%s', '%s', date '%s', timestamp '%s')", w.label, basis, w.asOf, at(w)))
		}
	}
	add("then", then, func(w week) string { return w.then })
	add("now", now, func(w week) string { return w.now })
	return "(values " + strings.Join(rows, ", ") + ") as w(week, basis, as_of, known_at)"
}

// stateWeeks: ledgers and obligations, the state at each week's end.
func (b *martBuilder) stateWeeks(then, now []week) error {
	var runs []warehouse.Run
	for _, w := range then {
		runs = append(runs, warehouse.Run{AsOf: w.asOf.String(), KnownAt: w.then, From: w.start.String()})
	}
	for _, w := range now {
		runs = append(runs, warehouse.Run{AsOf: w.asOf.String(), KnownAt: w.now, From: w.start.String()})
	}
	return b.restated("mw_state_", b.factsOf(false), runs, func(f *Fact, table string) error {
		c := newCompiler(f, b.metricsOf(f), "")
		return b.insertWeeks(c, c.cube(c.from(table), "as_of, known_at", false), cells(then, now), "c.as_of = w.as_of and c.known_at = w.known_at")
	})
}

// periodWeeks: rows dated within each week; as known then from the returns
// known at its end, as known now from all that count now. The latter is one
// run over the whole window and is always computed whole.
func (b *martBuilder) periodWeeks(then, all []week, s *weekState) error {
	facts := b.factsOf(true)
	var runs []warehouse.Run
	for _, w := range then {
		runs = append(runs, warehouse.Run{AsOf: w.asOf.String(), KnownAt: w.then, From: w.start.String()})
	}
	err := b.restated("mw_then_", facts, runs, func(f *Fact, table string) error {
		c := newCompiler(f, b.metricsOf(f), "week")
		return b.insertWeeks(c, c.cube(c.from(table), "as_of, known_at", false), cells(then, nil), "c.as_of = w.as_of and c.known_at = w.known_at")
	})
	if err != nil || len(all) == 0 {
		return err
	}
	runs = []warehouse.Run{{AsOf: s.asOf.String(), KnownAt: s.stamp(), From: all[0].start.String()}}
	return b.restated("mw_now_", facts, runs, func(f *Fact, table string) error {
		c := newCompiler(f, b.metricsOf(f), "week")
		labelled := "(select *, " + c.label() + " as week from " + table + ")"
		return b.insertWeeks(c, c.cube(c.from(labelled), "week", false), cells(nil, all), "c.week = w.week")
	})
}

// insertWeeks writes the figures of one fact, and the totals of weeks in which
// it had no rows.
func (b *martBuilder) insertWeeks(c *compiler, cube, cells, on string) error {
	var rows []string
	for _, m := range c.metrics {
		zero := "0"
		if m.IsRatio() || m.Value.Agg == "median" {
			zero = "null"
		}
		rows = append(rows, fmt.Sprintf("(%s, cast(%s as double), %t)", warehouse.Quote(m.ID), zero, m.IsRatio()))
	}
	return b.exec(`insert into mart.metric_week
with figures as (
	select c.zone, c.metric, c.dimension, c.dimension_value, w.week, w.basis, c.value, c.num, c.den, w.as_of, w.known_at
	from (` + cube + `) as c join ` + cells + ` on ` + on + `
),
empty_weeks as (
	select z.zone, d.metric, 'total', null, w.week, w.basis, d.zero, case when d.is_ratio then 0 end, case when d.is_ratio then 0 end, w.as_of, w.known_at
	from (select zone from ctl.zone union select zone from raw.return) as z
	cross join (values ` + strings.Join(rows, ", ") + `) as d(metric, zero, is_ratio)
	cross join ` + cells + `
	where not exists (select 1 from figures as f
		where f.zone = z.zone and f.metric = d.metric and f.dimension = 'total' and f.week = w.week and f.basis = w.basis)
)
select * from figures union all select * from empty_weeks`)
}
