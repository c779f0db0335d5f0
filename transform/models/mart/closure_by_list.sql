-- One row per list of responsibilities (责任清单) of 问题台账: collected, closed, overdue.
-- grain: zone, as_of, known_at, list
with problems as (
    select
        zone, as_of, known_at, list,
        count(*) as collected,
        count(*) filter (where is_closed) as closed,
        count(*) filter (where is_long_term) as long_term,
        count(*) filter (where is_overdue) as overdue,
        count(*) filter (where deadline < as_of and not is_long_term) as fallen_due,
        count(*) filter (where deadline < as_of and not is_long_term and closed_on <= deadline) as closed_in_time
    from core.fct_problem
    group by zone, as_of, known_at, list
)
select
    p.zone, p.as_of, p.known_at, p.list,
    p.collected, p.closed, cast(p.closed as double) / nullif(p.collected, 0) as closure_rate, p.long_term,
    p.closed_in_time, p.fallen_due, cast(p.closed_in_time as double) / nullif(p.fallen_due, 0) as due_on_time_rate,
    p.overdue
from problems as p
