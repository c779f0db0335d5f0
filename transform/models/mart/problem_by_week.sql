-- One row per week of the run's year: problems assigned and closed in it by the ledgers that count, with running totals.
-- grain: zone, as_of, known_at, week_start
with happened as (
    select zone, as_of, known_at, cast(date_trunc('week', assigned_on) as date) as week_start, 1 as assigned, 0 as closed
    from core.fct_problem
    where assigned_on <= as_of
    union all
    select zone, as_of, known_at, cast(date_trunc('week', closed_on) as date), 0, 1
    from core.fct_problem
    where is_closed and closed_on <= as_of
),
by_week as (
    select
        zone, as_of, known_at, week_start,
        cast(sum(assigned) as bigint) as assigned, cast(sum(closed) as bigint) as closed
    from happened
    group by zone, as_of, known_at, week_start
)
select
    zone, as_of, known_at, week_start, cast(week_start + interval '6' day as date) as week_end, assigned, closed,
    cast(sum(assigned) over (
        partition by zone, as_of, known_at order by week_start rows between unbounded preceding and current row) as bigint) as assigned_to_date,
    cast(sum(closed) over (
        partition by zone, as_of, known_at order by week_start rows between unbounded preceding and current row) as bigint) as closed_to_date
from by_week
