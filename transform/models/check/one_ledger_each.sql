-- Of every submitter's ledger form one return counts at most, and every counted period return is the only one of its period.
-- severity: error
select zone, submitter, form, period, count(*) as returns
from (
    select zone, submitter, form, case when mode = 'period' then period end as period
    from core.counted_return
) as c
group by zone, submitter, form, period
having count(*) > 1
