-- One row per run and return that a later one of its submitter, form and period supersedes.
-- grain: zone, as_of, known_at, return_id
-- Most returns are the only one of their period: those that aren't are found first.
with rivals as (
    select zone, return_id
    from (select zone, return_id, count(*) over (partition by zone, submitter, form, period) as n from raw.return) as alike
    where n > 1
),
followed as (
    select
        r.zone, r.as_of, r.known_at, r.return_id,
        count(case when r.stands then 1 end) over (
            partition by r.zone, r.as_of, r.known_at, r.submitter, r.form, r.period
            order by r.received_at, r.arrival, r.return_id
            rows between 1 following and unbounded following) as standing_after
    from core.received_return as r
    join rivals as v on v.zone = r.zone and v.return_id = r.return_id
)
select zone, as_of, known_at, return_id
from followed
where standing_after > 0
