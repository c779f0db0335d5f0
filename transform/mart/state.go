package mart

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// weekState is what mart.metric_week was computed from.
type weekState struct {
	facts     map[string]origin // what the weeks of each fact follow from, other than returns
	firstWeek calendar.Date
	asOf      calendar.Date
	knownAt   time.Time // wall clock, as if UTC
	arrival   int64     // newest return seen
	decision  int64     // newest decision seen
}

func (s *weekState) stamp() string { return s.knownAt.Format(warehouse.Stamp) }

// weekFormat is raised when mart.metric_week is laid out or computed otherwise.
const weekFormat = "6"

// maxWeeks bounds the history: two years and the running one.
const maxWeeks = 3 * 53

// readState describes the present.
func (b *builder) readState() (*weekState, error) {
	s := &weekState{}
	var first any
	err := warehouse.Each(b.ctx, b.conn, `select r.as_of, r.known_at,
		(select min(period_start) from raw.return where period_start is not null and status <> 'rejected'), r.from_on,
		(select coalesce(max(arrival), 0) from raw.return), (select coalesce(max(seq), 0) from raw.decision) from ctl.run as r`, func(v []any) error {
		s.asOf = calendar.Of(v[0].(time.Time))
		s.knownAt = v[1].(time.Time)
		first = v[2]
		s.firstWeek = calendar.Of(v[3].(time.Time))
		s.arrival, s.decision = v[4].(int64), v[5].(int64)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if t, ok := first.(time.Time); ok {
		s.firstWeek = min(s.firstWeek, calendar.Of(t))
	}
	s.firstWeek = calendar.WeekOf(max(s.firstWeek, s.asOf-7*maxWeeks)).Start
	s.facts, err = b.origins()
	if err != nil {
		return nil, err
	}
	return s, nil
}

// history is a fingerprint of everything that the weeks before were computed
// from: returns and decisions up to a number, submitters, and the obligations
// and working days up to a date.
func (b *builder) history(s *weekState) (string, error) {
	horizon := endOf(s.asOf)
	if s.knownAt.Before(horizon) {
		horizon = s.knownAt
	}
	got, err := warehouse.Strings(b.ctx, b.conn, fmt.Sprintf(`select concat_ws('/',
		(select concat(count(*), ':', coalesce(bit_xor(hash(zone, return_id, submitter, form, mode, period, period_start, period_end, cutoff, status, is_nil, received_at)), 0)) from raw.return where arrival <= %[1]d),
		(select concat(count(*), ':', coalesce(bit_xor(hash(zone, seq, kind, return_id, submitter, form, period, decided_at, effective_on)), 0)) from raw.decision where seq <= %[2]d),
		(select concat(count(*), ':', coalesce(bit_xor(hash(t)), 0)) from ctl.submitter as t),
		(select concat(count(*), ':', coalesce(bit_xor(hash(t)), 0)) from ctl.form as t),
		(select concat(count(*), ':', coalesce(bit_xor(hash(t)), 0)) from ctl.form_value as t),
		(select concat(count(*), ':', coalesce(bit_xor(hash(zone, submitter, form, mode, period, period_start, period_end, due_at, known_from)), 0)) from ctl.obligation where due_at <= timestamp '%[3]s' or period_start <= date '%[4]s'),
		(select concat(count(*), ':', coalesce(bit_xor(hash(zone, day, is_workday, workday_no)), 0)) from ctl.calendar where day <= date '%[4]s'))`,
		s.arrival, s.decision, horizon.Format(warehouse.Stamp), s.asOf))
	if err != nil || len(got) != 1 {
		return "", lang.Errorf("fingerprint of the history: %v", "历史数字的指纹：%v", err)
	}
	return got[0], nil
}

// span is from when on weeks must be computed anew: as known now those with an
// as-of date from now on; as known then those with one from then on, and those
// that ended at known or later.
type span struct {
	then, now calendar.Date
	known     time.Time
}

func (s span) or(o span) span {
	out := span{min(s.then, o.then), min(s.now, o.now), s.known}
	if o.known.Before(s.known) {
		out.known = o.known
	}
	return out
}

func (s span) hasThen(w week) bool { return w.asOf >= s.then || !w.ended.Before(s.known) }
func (s span) hasNow(w week) bool  { return w.asOf >= s.now }

// Before every week, and after.
var (
	always    = calendar.NewDate(1900, time.January, 1)
	never     = calendar.NewDate(9999, time.December, 31)
	everyWeek = span{always, always, endOf(always)}
	noWeek    = span{never, never, endOf(never)}
)

// news is what changed since mart.metric_week was computed; nil: everything.
type news struct {
	facts map[string]origin // as they are now
	moved map[string]bool   // facts whose declarations or models have changed, or that are gone
	forms map[string]span   // forms of which returns or decisions are new
	all   span              // earliest of them
	day   span              // what the passing of days alone changes
	owed  span              // what the passing of hours changes: what is due
}

// of is from when on the weeks of a fact changed.
func (n *news) of(f *metric.Fact) span {
	if n == nil || n.moved[f.ID] {
		return everyWeek
	}
	if f.Mode == metric.Obligation {
		return n.owed.or(n.all)
	}
	s, isNew := noWeek, false
	for form, c := range n.forms {
		if o := n.facts[f.ID]; form == "" || o.forms == nil || slices.Contains(o.forms, form) {
			s, isNew = s.or(c), true
		}
	}
	if !isNew {
		return n.day
	}
	if f.Mode == metric.Period { // rows may be dated long before their return
		s.now = always
	}
	return s.or(n.day)
}

// news compares the present with what the weeks were computed from.
func (b *builder) news(s *weekState) (*news, error) {
	old := &weekState{}
	var format, history string
	err := warehouse.Each(b.ctx, b.conn, "select fingerprint, history, first_week, as_of, known_at, arrival, decision from ctl.metric_week_state", func(v []any) error {
		format, history = v[0].(string), v[1].(string)
		old.firstWeek, old.asOf, old.knownAt = calendar.Of(v[2].(time.Time)), calendar.Of(v[3].(time.Time)), v[4].(time.Time)
		old.arrival, old.decision = v[5].(int64), v[6].(int64)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if format != weekFormat || old.firstWeek != s.firstWeek || s.asOf < old.asOf || s.knownAt.Before(old.knownAt) {
		return nil, nil
	}
	if have, err := b.history(old); err != nil || have != history {
		return nil, err
	}
	n := &news{facts: s.facts, moved: map[string]bool{}, forms: map[string]span{}, all: noWeek, day: noWeek}
	was := map[string]string{}
	err = warehouse.Each(b.ctx, b.conn, "select fact, fingerprint from ctl.metric_week_fact", func(v []any) error {
		was[v[0].(string)] = v[1].(string)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for id, o := range s.facts {
		if was[id] != o.fingerprint {
			n.moved[id] = true
		}
	}
	for id := range was {
		if _, declared := s.facts[id]; !declared {
			n.moved[id] = true
		}
	}
	week := calendar.WeekOf(old.asOf).Start
	if s.asOf != old.asOf {
		n.day.then, n.day.now = week, week
	}
	week = min(week, calendar.WeekOf(calendar.Of(old.knownAt)).Start)
	n.owed = noWeek
	n.owed.then, n.owed.now = week, week
	err = warehouse.Each(b.ctx, b.conn, fmt.Sprintf(`with fresh as (
		select form, received_at as happened_at, least(period_start, cutoff) as from_day from raw.return
		where (arrival > %[1]d or received_at > timestamp '%[3]s') and received_at <= timestamp '%[4]s'
		union all
		select coalesce(d.form, r.form), d.decided_at, least(r.period_start, r.cutoff, d.effective_on, o.period_start)
		from raw.decision as d
		left join raw.return as r on r.zone = d.zone and r.return_id = d.return_id
		left join ctl.obligation as o on o.zone = d.zone and o.submitter = d.submitter and o.form = d.form and o.period = d.period
		where (d.seq > %[2]d or d.decided_at > timestamp '%[3]s') and d.decided_at <= timestamp '%[4]s'
	) select coalesce(form, ''), min(happened_at), min(from_day) from fresh group by 1`, old.arrival, old.decision, old.stamp(), s.stamp()), func(v []any) error {
		c := noWeek
		if t, ok := v[1].(time.Time); ok {
			c.known = t
		}
		if t, ok := v[2].(time.Time); ok {
			c.now = calendar.Of(t)
		}
		n.forms[v[0].(string)] = c
		n.all = n.all.or(c)
		return nil
	})
	return n, err
}

func (b *builder) writeState(s *weekState) error {
	history, err := b.history(s)
	if err != nil {
		return err
	}
	script := fmt.Sprintf("delete from ctl.metric_week_fact; delete from ctl.metric_week_state; insert into ctl.metric_week_state values (%s, %s, date '%s', date '%s', timestamp '%s', %d, %d)",
		warehouse.Quote(weekFormat), warehouse.Quote(history), s.firstWeek, s.asOf, s.stamp(), s.arrival, s.decision)
	for _, id := range slices.Sorted(maps.Keys(s.facts)) {
		script += "; insert into ctl.metric_week_fact values (" + warehouse.Quote(id) + ", " + warehouse.Quote(s.facts[id].fingerprint) + ")"
	}
	return b.exec(script)
}
