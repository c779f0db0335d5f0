-- One row per programme and month of payment: money paid, payments, enterprises, and the share of what was applied for where that is known.
-- grain: zone, as_of, known_at, programme, month
select
    zone, as_of, known_at, programme, substr(cast(paid_on as varchar), 1, 7) as month,
    count(*) as payments,
    count(distinct enterprise_key) as enterprises,
    cast(coalesce(sum(paid_amount), 0) as decimal(38, 2)) as paid_amount,
    cast(coalesce(sum(paid_amount) * 0.0001, 0) as decimal(38, 6)) as paid_wan,
    cast(coalesce(sum(applied_amount), 0) as decimal(38, 2)) as applied_amount,
    cast(coalesce(sum(case when applied_amount is not null then paid_amount end), 0) as decimal(38, 2)) as paid_where_applied
from core.fct_incentive
group by 1, 2, 3, 4, 5
