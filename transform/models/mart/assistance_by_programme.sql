-- One row per programme, street and month of 帮扶救助发放表: households, people, money.
-- grain: zone, as_of, known_at, programme, street, month
select
    zone, as_of, known_at, programme, street, substr(cast(month as varchar), 1, 7) as month,
    cast(sum(households) as bigint) as households, cast(sum(people) as bigint) as people,
    cast(sum(amount) as decimal(38, 2)) as amount
from core.fct_assistance
group by 1, 2, 3, 4, 5, 6
