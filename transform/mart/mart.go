package mart

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// Options of Build.
type Options struct {
	Catalogue *metric.Catalogue // nil: the built-in metrics
	Full      bool              // compute mart.metric_week from nothing
}

// Stats says what Build did.
type Stats struct {
	Weeks           int // weeks that mart.metric_week holds
	ThenWeeks       int // weeks computed anew, as known then: the most of any fact
	NowWeeks        int // weeks computed anew, as known now
	Full            bool
	AnewFacts       int // facts of which all weeks were computed anew
	Facts           int // facts of which mart.metric was computed anew
	Metric, History time.Duration
}

// Build writes mart.metric and mart.metric_week in the caller's
// transaction, after the models were built. mart.metric holds every metric as
// of the publication's date: one row per metric, dimension and value of the
// dimension; the total is dimension 'total', rows without a value of the
// dimension have the value null. mart.metric_week holds the same per week, as
// known then (basis 'then': known at the week's end) and as known now. Weeks
// that nothing new can have changed are kept from the build before.
func Build(ctx context.Context, conn *sql.Conn, o Options) (Stats, error) {
	var stats Stats
	if o.Catalogue == nil {
		c, err := metric.Load()
		if err != nil {
			return stats, err
		}
		o.Catalogue = c
	}
	b := &builder{ctx: ctx, conn: conn, c: o.Catalogue, stats: &stats}
	if err := o.Catalogue.CheckOwn(ctx, conn); err != nil {
		return stats, err
	}
	if err := b.define(); err != nil {
		return stats, fmt.Errorf("%s: %w", definitions, err)
	}
	start := time.Now()
	if err := b.metric(o.Full); err != nil {
		return stats, o.Catalogue.Blame(ctx, conn, lang.Errorf("mart.metric: %w", "mart.metric（指标表）：%w", err))
	}
	stats.Metric = time.Since(start)
	start = time.Now()
	if err := b.weeks(o.Full); err != nil {
		return stats, lang.Errorf("mart.metric_week: %w", "mart.metric_week（周指标表）：%w", err)
	}
	stats.History = time.Since(start)
	return stats, nil
}

// Drop drops the figures, which the next Build computes from nothing:
// a run that computes them all doesn't lay the new ones beside the old.
func Drop(ctx context.Context, conn *sql.Conn) error {
	err := dropWeeks(ctx, conn)
	if err == nil {
		_, err = conn.ExecContext(ctx, `drop table if exists built.metric_figure;
			delete from ctl.metric_week_state; delete from ctl.metric_week_fact; delete from ctl.metric_state`)
	}
	if err != nil {
		return lang.Errorf("drop the figures before they are computed anew: %w", "重算前清除数字：%w", err)
	}
	return nil
}

type builder struct {
	ctx   context.Context
	conn  *sql.Conn
	c     *metric.Catalogue
	stats *Stats
	empty map[string][]*metric.Metric // cells of weeks → metrics that have no rows in any of them

	tables map[string]bool // of the history, by name
	stale  bool            // mart.metric_week shows other tables than there are
}

func (b *builder) exec(query string) error {
	if _, err := b.conn.ExecContext(b.ctx, query); err != nil {
		return fmt.Errorf("%w\n%s", err, query)
	}
	return nil
}

// figures keeps built.metric_figure: the figures of a fact are computed anew
// where its table or its metrics have changed (ctl.model_state numbers the
// contents of tables; where it says nothing, everything is computed).
func (b *builder) figures(full bool) error {
	if old, err := warehouse.Strings(b.ctx, b.conn, `select table_name from duckdb_tables() where schema_name = 'built' and table_name = 'metric_figure'
		and column_count < 14`); err != nil {
		return err
	} else if len(old) > 0 { // of an earlier version
		if err := b.exec("drop table built.metric_figure; delete from ctl.metric_state"); err != nil {
			return err
		}
	}
	if err := b.exec(`create schema if not exists built;
		create table if not exists built.metric_figure (fact varchar, zone varchar, metric varchar, dimension varchar, dimension_value varchar,
			value double, num decimal(38, 2), den decimal(38, 2), expected bigint, received bigint,
			exact varchar, exact_type varchar, exact_den varchar, exact_den_type varchar)`); err != nil {
		return err
	}
	versions, was, err := metric.FigureStates(b.ctx, b.conn)
	if err != nil {
		return err
	}
	now := map[string]string{}
	for _, f := range b.c.Facts {
		ms := b.c.MetricsOf(f)
		if len(ms) == 0 {
			continue
		}
		cube := metric.FigureCube(f, ms)
		now[f.ID] = metric.Fingerprint(cube, versions[f.Table])
		if !full && versions[f.Table] != "" && was[f.ID] == now[f.ID] {
			continue
		}
		b.stats.Facts++
		if err := b.exec("delete from built.metric_figure where fact = " + warehouse.Quote(f.ID) + "; insert into built.metric_figure select " + warehouse.Quote(f.ID) + ", * from (" + cube + ")"); err != nil {
			return err
		}
	}
	if err := b.exec("delete from ctl.metric_state"); err != nil {
		return err
	}
	for fact := range was {
		if now[fact] == "" {
			if err := b.exec("delete from built.metric_figure where fact = " + warehouse.Quote(fact)); err != nil {
				return err
			}
		}
	}
	for fact, fingerprint := range now {
		if err := b.exec("insert into ctl.metric_state values (" + warehouse.Quote(fact) + ", " + warehouse.Quote(fingerprint) + ")"); err != nil {
			return err
		}
	}
	return nil
}

// spellings keeps built.spelling: how names are shown that figures are grouped by. A name that no row has any more is shown as
// it is counted by.
func (b *builder) spellings() error {
	have, err := warehouse.Strings(b.ctx, b.conn, "select table_name from duckdb_tables() where schema_name = 'built' and table_name = 'spelling'")
	if err != nil || len(have) > 0 && b.stats.Facts == 0 {
		return err
	}
	parts := []string{"select cast(null as varchar) as dimension, cast(null as varchar) as zone, cast(null as varchar) as key, cast(null as varchar) as shown where false"}
	for _, d := range b.c.Dimensions {
		if facts := b.c.SpelledFacts(d.ID); len(facts) > 0 {
			parts = append(parts, "select "+warehouse.Quote(d.ID)+", zone, key, shown from ("+metric.Spellings(facts, d.ID, true, func(table string) string { return table })+")")
		}
	}
	return b.exec("create or replace table built.spelling as\n" + strings.Join(parts, "\nunion all\n"))
}

// spells says whether a fact groups any dimension by folded names.
func (b *builder) spells(f *metric.Fact) bool {
	return slices.ContainsFunc(b.c.Dimensions, func(d metric.Dimension) bool { _, is := f.Spelled(d.ID); return is })
}

// spelled lists, quoted, the facts that do.
func (b *builder) spelled() string {
	out := []string{"''"}
	for _, f := range b.c.Facts {
		if b.spells(f) {
			out = append(out, warehouse.Quote(f.ID))
		}
	}
	return strings.Join(out, ", ")
}

// metric brings mart.metric up to date: a view over the figures, so that news of one form writes the figures of its facts
// and nothing else, although the coverage and the known-at time stand beside every figure.
func (b *builder) metric(full bool) error {
	if err := b.figures(full); err != nil {
		return err
	}
	if err := b.spellings(); err != nil {
		return err
	}
	old, err := warehouse.Strings(b.ctx, b.conn, "select table_name from duckdb_tables() where schema_name = 'mart' and table_name = 'metric'")
	if err != nil {
		return err
	}
	if len(old) > 0 { // of an earlier version
		if err := b.exec("drop table mart.metric"); err != nil {
			return err
		}
	}
	return b.exec(`create or replace view mart.metric as
with declared(metric, label, unit, fact, zero, seq) as (values ` + b.declared() + `),
waits(fact, form) as (values ` + b.waits() + `),
zones as (select zone from ctl.zone union select zone from raw.return),
figures as (
	select zone, metric, dimension, dimension_value, value, num, den, expected, received from built.metric_figure
	union all
	select z.zone, d.metric, 'total', null, d.zero, null, null, 0, 0
	from zones as z cross join declared as d
	where not exists (select 1 from built.metric_figure as f where f.zone = z.zone and f.metric = d.metric and f.dimension = 'total')
),
owed as (
	select o.zone, w.fact, o.submitter, count(*) as expected, count(*) filter (where o.is_received) as received
	from core.fct_obligation as o join waits as w on w.form = o.form
	where o.is_expected group by grouping sets ((o.zone, w.fact, o.submitter), (o.zone, w.fact))
),
refused as (
	select zone, fact, submitter, sum(rows_refused) as rows_refused, sum(values_emptied) as values_emptied
	from (
		select c.zone, w.fact, coalesce(s.name, c.submitter) as submitter, c.rows_refused, c.values_emptied
		from core.counted_return as c join waits as w on w.form = c.form
		left join core.dim_submitter as s on s.zone = c.zone and s.code = c.submitter
		where c.mode = 'ledger' or c.period_end >= c.from_on
	) as counted
	group by grouping sets ((zone, fact, submitter), (zone, fact))
)
select f.zone, f.metric, d.label, d.unit, f.dimension, coalesce(s.shown, f.dimension_value) as dimension_value, f.value, f.num, f.den,
	cast(coalesce(o.expected, f.expected, 0) as bigint) as returns_expected, cast(coalesce(o.received, f.received, 0) as bigint) as returns_received,
	cast(coalesce(r.rows_refused, 0) as bigint) as rows_refused, cast(coalesce(r.values_emptied, 0) as bigint) as values_emptied, run.as_of, run.known_at
from figures as f
join declared as d on d.metric = f.metric
cross join ctl.run as run
left join owed as o on o.zone = f.zone and o.fact = d.fact
	and o.submitter is not distinct from (case when f.dimension = 'submitter' then f.dimension_value end)
left join refused as r on r.zone = f.zone and r.fact = d.fact
	and r.submitter is not distinct from (case when f.dimension = 'submitter' then f.dimension_value end)
left join built.spelling as s on s.zone = f.zone and s.dimension = f.dimension and s.key = f.dimension_value and d.fact in (` + b.spelled() + `)
order by d.seq, f.dimension <> 'total', f.dimension, dimension_value`)
}

// declared lists the metrics as rows: a figure over no rows is zero, but a
// ratio or a median has none.
func (b *builder) declared() string {
	var rows []string
	for i, m := range b.c.Metrics {
		zero := "0"
		if m.IsRatio() || m.Value.Agg == "median" {
			zero = "null"
		}
		rows = append(rows, fmt.Sprintf("(%s, %s, %s, %s, cast(%s as double), %d)", warehouse.Quote(m.ID), warehouse.Quote(m.Label),
			warehouse.Quote(string(m.Unit)), warehouse.Quote(m.Fact.ID), zero, i))
	}
	return strings.Join(rows, ", ")
}

// waits lists the facts as rows with the forms whose returns their figures wait for.
func (b *builder) waits() string {
	rows := []string{"('', '')"}
	for _, f := range b.c.Facts {
		for _, form := range f.Forms {
			rows = append(rows, fmt.Sprintf("(%s, %s)", warehouse.Quote(f.ID), warehouse.Quote(form)))
		}
	}
	return strings.Join(rows, ", ")
}
