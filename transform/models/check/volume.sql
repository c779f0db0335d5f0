-- No counting return has less than half or more than double the rows of that submitter's mean of the five accepted before it (from 20 rows on).
-- severity: warning
with earlier as (
    select
        c.zone, c.return_id, c.submitter, c.form, c.period, c.rows_loaded, k.rows_loaded as rows_before,
        row_number() over (partition by c.zone, c.return_id order by k.cutoff desc, k.arrival desc) as n
    from core.counted_return as c
    join core.known_return as k
        on k.zone = c.zone and k.submitter = c.submitter and k.form = c.form and k.return_id <> c.return_id
        and k.stands and k.cutoff < c.cutoff
),
history as (
    select zone, return_id, submitter, form, period, rows_loaded, cast(sum(rows_before) as double) / count(*) as mean_before, count(*) as returns
    from earlier
    where n <= 5
    group by zone, return_id, submitter, form, period, rows_loaded
)
select zone, return_id, submitter, form, period, rows_loaded, mean_before
from history
where returns >= 3 and (rows_loaded >= 20 or mean_before >= 20)
    and (rows_loaded < 0.5 * mean_before or rows_loaded > 2 * mean_before)
