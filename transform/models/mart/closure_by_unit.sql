-- One row per unit in charge (牵头单位) of problems: collected, closed, overdue, stalled, and how punctually it reports.
-- grain: zone, as_of, known_at, unit
with problems as (
    select
        zone, as_of, known_at, lead_unit as unit,
        count(*) as collected,
        count(*) filter (where is_closed) as closed,
        count(*) filter (where is_long_term) as long_term,
        count(*) filter (where is_overdue) as overdue,
        count(*) filter (where deadline < as_of and not is_long_term) as fallen_due,
        count(*) filter (where deadline < as_of and not is_long_term and closed_on <= deadline) as closed_in_time
    from core.fct_problem
    group by zone, as_of, known_at, lead_unit
),
stalled as (
    select zone, as_of, known_at, unit, count(*) as stalled
    from core.stalled_problem
    group by zone, as_of, known_at, unit
),
reporting as (
    select
        zone, as_of, known_at, submitter as unit,
        count(*) filter (where is_due_this_week) as returns_due,
        count(*) filter (where is_due_this_week and is_on_time) as returns_on_time
    from core.fct_obligation
    where not is_waived
    group by zone, as_of, known_at, submitter
)
select
    p.zone, p.as_of, p.known_at, p.unit, s.kind as unit_kind, coalesce(s.seq, 9999) as unit_seq,
    p.collected, p.closed, cast(p.closed as double) / nullif(p.collected, 0) as closure_rate, p.long_term,
    p.closed_in_time, p.fallen_due, cast(p.closed_in_time as double) / nullif(p.fallen_due, 0) as due_on_time_rate,
    p.overdue, coalesce(t.stalled, 0) as stalled,
    coalesce(r.returns_due, 0) as returns_due, coalesce(r.returns_on_time, 0) as returns_on_time,
    cast(r.returns_on_time as double) / nullif(r.returns_due, 0) as return_timeliness
from problems as p
left join stalled as t on t.zone = p.zone and t.as_of = p.as_of and t.known_at = p.known_at and t.unit = p.unit
left join reporting as r on r.zone = p.zone and r.as_of = p.as_of and r.known_at = p.known_at and r.unit = p.unit
left join core.dim_submitter as s on s.zone = p.zone and s.name = p.unit
