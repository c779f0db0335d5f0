-- One row per event: the funnel 岗位 → 求职 → 意向 → 入职.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
select
    zone, as_of, known_at, series, fair_name, held_on, venue, organizer, enterprises, positions, seekers, intentions, hires,
    cast(intentions as double) / nullif(seekers, 0) as conversion,
    cast(intentions as double) / nullif(positions, 0) as fill_rate,
    return_id, sheet, row_no
from core.fct_job_fair
