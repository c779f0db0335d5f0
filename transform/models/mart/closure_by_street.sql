-- One row per street (所属街道); null: not filled in of 问题台账: collected, closed, overdue.
-- grain: zone, as_of, known_at, street
with problems as (
    select
        zone, as_of, known_at, street,
        count(*) as collected,
        count(*) filter (where is_closed) as closed,
        count(*) filter (where is_long_term) as long_term,
        count(*) filter (where is_overdue) as overdue,
        count(*) filter (where deadline < as_of and not is_long_term) as fallen_due,
        count(*) filter (where deadline < as_of and not is_long_term and closed_on <= deadline) as closed_in_time
    from core.fct_problem
    group by zone, as_of, known_at, street
)
select
    p.zone, p.as_of, p.known_at, p.street, coalesce(s.seq, 9999) as street_seq,
    p.collected, p.closed, cast(p.closed as double) / nullif(p.collected, 0) as closure_rate, p.long_term,
    p.closed_in_time, p.fallen_due, cast(p.closed_in_time as double) / nullif(p.fallen_due, 0) as due_on_time_rate,
    p.overdue
from problems as p
left join core.dim_submitter as s on s.zone = p.zone and s.name = p.street
