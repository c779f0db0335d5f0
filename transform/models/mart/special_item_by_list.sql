-- One row per list of 专项问题清单: items, closed, overdue.
-- grain: zone, as_of, known_at, list_name
with summed as (
    select
        zone, as_of, known_at, list_name, count(*) as items,
        count(*) filter (where is_closed) as closed, count(*) filter (where is_overdue) as overdue
    from core.fct_special_item
    group by zone, as_of, known_at, list_name
)
select
    zone, as_of, known_at, list_name, items, closed, overdue, cast(closed as double) / nullif(items, 0) as closure_rate
from summed
