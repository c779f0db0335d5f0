-- One row per batch and type of requests that enterprises made: rows, resolved, overdue.
-- grain: zone, as_of, known_at, batch, problem_type
with summed as (
    select
        zone, as_of, known_at, batch, problem_type, count(*) as requests,
        count(*) filter (where is_resolved) as resolved, count(*) filter (where is_overdue) as overdue
    from core.fct_enterprise_request
    group by zone, as_of, known_at, batch, problem_type
)
select
    zone, as_of, known_at, batch, problem_type, requests, resolved, overdue,
    cast(resolved as double) / nullif(requests, 0) as resolution_rate
from summed
