-- The money of programmes and months sums up to the payments that count.
-- severity: error
with parts as (
    select zone, as_of, known_at, sum(paid_amount) as paid
    from mart.incentive_by_programme_month
    group by zone, as_of, known_at
),
whole as (
    select zone, as_of, known_at, coalesce(sum(paid_amount), 0) as paid
    from core.fct_incentive
    group by zone, as_of, known_at
)
select w.zone, w.paid, p.paid as paid_by_programme
from whole as w
left join parts as p on p.zone = w.zone and p.as_of = w.as_of and p.known_at = w.known_at
where p.paid is null or p.paid <> w.paid
