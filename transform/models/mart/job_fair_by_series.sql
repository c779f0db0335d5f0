-- One row per series of events: how many, and the funnel 岗位 → 求职 → 意向 → 入职 in sums.
-- grain: zone, as_of, known_at, series
with summed as (
    select
        zone, as_of, known_at, series, count(*) as fairs,
        cast(coalesce(sum(enterprises), 0) as bigint) as enterprises, cast(coalesce(sum(positions), 0) as bigint) as positions,
        cast(coalesce(sum(seekers), 0) as bigint) as seekers, cast(coalesce(sum(intentions), 0) as bigint) as intentions,
        cast(coalesce(sum(hires), 0) as bigint) as hires
    from core.fct_job_fair
    group by zone, as_of, known_at, series
)
select
    zone, as_of, known_at, series, fairs, enterprises, positions, seekers, intentions, hires,
    cast(intentions as double) / nullif(seekers, 0) as conversion,
    cast(intentions as double) / nullif(positions, 0) as fill_rate
from summed
