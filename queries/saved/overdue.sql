-- 超期未办结事项，超期最久的在前
select * from mart.overdue order by days_overdue desc
