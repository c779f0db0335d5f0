-- No counting return has less than half or more than double the rows of that submitter's mean of the five accepted before it (from 20 rows on).
-- severity: warning
-- note: {submitter}的{form}（{period}，{return_id}）有{rows_loaded}行，此前几期平均{mean_before}行，请核对是否报全、有无重复
with history as (
    select
        zone, return_id, submitter, form, period, rows_loaded, is_counted,
        avg(cast(rows_loaded as double)) over (
            partition by zone, submitter, form order by cutoff, arrival, return_id rows between 5 preceding and 1 preceding) as mean_before,
        count(*) over (
            partition by zone, submitter, form order by cutoff, arrival, return_id rows between 5 preceding and 1 preceding) as returns
    from core.known_return
    where stands and not is_superseded
)
select zone, return_id, submitter, form, period, rows_loaded, mean_before
from history
where is_counted and returns >= 3 and (rows_loaded >= 20 or mean_before >= 20)
    and (rows_loaded < 0.5 * mean_before or rows_loaded > 2 * mean_before)
