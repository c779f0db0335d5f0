package queries

import (
	"context"
	"sort"
	"time"

	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// causes are what came between the two known-at times.
type causes struct{ bySubmitter map[string][]Cause }

// causes reads the returns and decisions of (from, p.KnownAt].
func (r *Reader) causes(ctx context.Context, p warehouse.Point, from time.Time) (*causes, error) {
	out := &causes{map[string][]Cause{}}
	src, err := r.source(ctx, []warehouse.Point{p}, "core.known_return")
	if err != nil {
		return nil, err
	}
	since, until := warehouse.Quote(warehouse.WallClock(from, r.loc)), warehouse.Quote(warehouse.WallClock(p.KnownAt, r.loc))
	t, err := r.table(ctx, `with placed as (
			select *, row_number() over (order by received_at, arrival, return_id) as n from `+src.Name("core.known_return")+`
		)
		select k.return_id, coalesce(s.name, k.submitter), k.form, k.period, k.received_at, k.status,
			(select max_by(o.return_id, o.n) from placed as o where o.zone = k.zone and o.submitter = k.submitter and o.form = k.form
				and o.period = k.period and o.n < k.n and o.is_accepted), k.status = 'duplicate', k.is_accepted
		from placed as k left join core.dim_submitter as s on s.zone = k.zone and s.code = k.submitter
		where k.received_at > cast(`+since+` as timestamp(6)) order by k.n`)
	if err != nil {
		return nil, err
	}
	for _, v := range t.Rows {
		c := Cause{Kind: "new", Return: text0(v[0]), Submitter: text0(v[1]), Form: text0(v[2]), Period: text0(v[3]), At: r.clock(v[4]), Supersedes: text0(v[6])}
		if v[7] == true {
			continue // nothing is otherwise for it
		}
		c.counts = v[8] == true
		if c.Supersedes != "" {
			c.Kind = "correction"
		}
		out.add(c)
	}
	t, err = r.table(ctx, `select d.kind, coalesce(d.return_id, ''), coalesce(s.name, d.submitter, r.submitter, ''), coalesce(d.form, r.form, ''), coalesce(d.period, r.period, ''), d.decided_at, coalesce(d.reason, '')
		from raw.decision as d
		left join raw.return as r on r.zone = d.zone and r.return_id = d.return_id
		left join core.dim_submitter as s on s.zone = d.zone and s.code = coalesce(d.submitter, r.submitter)
		where d.decided_at > cast(`+since+` as timestamp(6)) and d.decided_at <= cast(`+until+` as timestamp(6)) order by d.seq`)
	if err != nil {
		return nil, err
	}
	for _, v := range t.Rows {
		out.add(Cause{Kind: text0(v[0]), Return: text0(v[1]), Submitter: text0(v[2]), Form: text0(v[3]), Period: text0(v[4]), At: r.clock(v[5]), Reason: text0(v[6])})
	}
	return out, nil
}

func (c *causes) add(x Cause) { c.bySubmitter[x.Submitter] = append(c.bySubmitter[x.Submitter], x) }

// of names the returns whose rows changed a figure, and what came between the
// two times that explains them: news of these returns, else of their
// submitter's form, which made an older return count again or no more.
func (c *causes) of(m *metric.Metric, rows []RowChange) (returns []string, list []Cause) {
	seen := map[string]bool{}
	for who, changed := range changedBySubmitter(rows) {
		for id := range changed.returns {
			seen[id] = true
		}
		explain := c.explaining(m, who, changed)
		for _, x := range explain {
			if x.Return != "" {
				seen[x.Return] = true
			}
		}
		list = append(list, explain...)
	}
	if len(list) == 0 && m.Newest != nil { // newer rows of other submitters took the place of these
		list = c.counting(m)
	}
	for id := range seen {
		returns = append(returns, id)
	}
	sort.Strings(returns)
	sort.SliceStable(list, func(i, j int) bool {
		return list[i].At.Before(list[j].At) || list[i].At.Equal(list[j].At) && list[i].Return < list[j].Return
	})
	return returns, list
}

// changedRows are the keys of a submitter's rows that changed, and the returns that they are or were in.
type changedRows struct{ keys, returns map[string]bool }

func changedBySubmitter(rows []RowChange) map[string]changedRows {
	out := map[string]changedRows{}
	for _, row := range rows {
		of, ok := out[row.Submitter]
		if !ok {
			of = changedRows{map[string]bool{}, map[string]bool{}}
			out[row.Submitter] = of
		}
		of.keys[row.Key] = true
		for _, s := range []*RowSide{row.Before, row.After} {
			if s != nil && s.Return != "" {
				of.returns[s.Return] = true
			}
		}
	}
	return out
}

// explaining is what came of a submitter that explains its changed rows.
func (c *causes) explaining(m *metric.Metric, who string, changed changedRows) []Cause {
	var direct, others []Cause
	for _, x := range c.bySubmitter[who] {
		switch {
		case m.Fact.Mode == metric.Obligation:
			if changed.keys[x.Form+" "+x.Period] {
				direct = append(direct, x)
			}
		case !m.Fact.Reads(x.Form), x.Return != "" && x.isReturn() && !x.counts: // sent back
		case changed.returns[x.Return], changed.returns[x.Supersedes], x.Kind == "clear":
			direct = append(direct, x)
		default:
			others = append(others, x)
		}
	}
	if len(direct) == 0 {
		return others
	}
	return direct
}

// counting is what came, of whomever, that a metric's fact counts.
func (c *causes) counting(m *metric.Metric) []Cause {
	var list []Cause
	for _, all := range c.bySubmitter {
		for _, x := range all {
			if m.Fact.Reads(x.Form) && (x.counts || !x.isReturn()) {
				list = append(list, x)
			}
		}
	}
	return list
}

// isReturn tells a return that came from a decision.
func (x *Cause) isReturn() bool { return x.Kind == "new" || x.Kind == "correction" }
