-- One row per month: tax refunds and their sum.
-- grain: zone, as_of, known_at, month
select
    zone, as_of, known_at, substr(cast(refunded_on as varchar), 1, 7) as month, count(*) as refunds,
    cast(coalesce(sum(refund_amount), 0) as decimal(38, 2)) as refund_amount
from core.fct_tax_refund
group by 1, 2, 3, 4
