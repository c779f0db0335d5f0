-- No form is stale: of each that is owed now, somebody's return of the last two periods has come.
-- severity: warning
-- note: {form}最近两期都已到期，还没有一个单位的报表被接收（两期应报{expected}份）
with owed as (
    select
        zone, form, period, max(due_at) as due_at, count(*) as expected, count(*) filter (where is_received) as received,
        row_number() over (partition by zone, form order by max(due_at) desc, period desc) as n
    from core.fct_obligation
    where is_due and not is_waived
    group by zone, form, period
)
select zone, form, sum(expected) as expected, max(due_at) as last_due_at
from owed
where n <= 2
group by zone, form
having sum(received) = 0 and count(*) = 2
