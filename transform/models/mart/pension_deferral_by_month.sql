-- One row per first month of deferral: enterprises, people, money.
-- grain: zone, as_of, known_at, month
select
    zone, as_of, known_at, substr(cast(start_month as varchar), 1, 7) as month,
    count(distinct enterprise_key) as enterprises, cast(coalesce(sum(people), 0) as bigint) as people,
    cast(coalesce(sum(deferred_amount), 0) as decimal(38, 2)) as deferred_amount
from core.fct_pension_deferral
group by 1, 2, 3, 4
