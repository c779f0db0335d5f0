-- Every submitter whose returns count is declared in taizhang.yaml.
-- severity: warning
-- note: {submitter}不在 taizhang.yaml 的单位名单里，它的{form}还有{returns}份报表在统计。撤并的单位请留在名单里，写上 until；改了代码的请改回原来的代码；报错的请作废
select c.zone, c.submitter, c.form, count(*) as returns
from core.counted_return as c
left join core.dim_submitter as s on s.zone = c.zone and s.code = c.submitter
where s.code is null
group by c.zone, c.submitter, c.form
