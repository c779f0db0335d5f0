-- The problems of the streets (未填 included), of the lists and of the units in charge sum up to the zone's.
-- severity: error
with parts as (
    select 'street' as part, zone, as_of, known_at, sum(collected) as collected, sum(closed) as closed, sum(overdue) as overdue
    from mart.closure_by_street
    group by zone, as_of, known_at
    union all
    select 'list', zone, as_of, known_at, sum(collected), sum(closed), sum(overdue)
    from mart.closure_by_list
    group by zone, as_of, known_at
    union all
    select 'unit', zone, as_of, known_at, sum(collected), sum(closed), sum(overdue)
    from mart.closure_by_unit
    group by zone, as_of, known_at
),
whole as (
    select
        zone, as_of, known_at, count(*) as collected, count(*) filter (where is_closed) as closed,
        count(*) filter (where is_overdue) as overdue
    from core.fct_problem
    group by zone, as_of, known_at
)
select p.part, p.zone, p.collected, w.collected as zone_collected, p.closed, w.closed as zone_closed, p.overdue, w.overdue as zone_overdue
from parts as p
left join whole as w on w.zone = p.zone and w.as_of = p.as_of and w.known_at = p.known_at
where w.zone is null or p.collected <> w.collected or p.closed <> w.closed or p.overdue <> w.overdue
