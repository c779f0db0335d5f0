-- Every submitter whose returns count is declared in taizhang.yaml.
-- severity: warning
select c.zone, c.submitter, c.form, count(*) as returns
from core.counted_return as c
left join core.dim_submitter as s on s.zone = c.zone and s.code = c.submitter
where s.code is null
group by c.zone, c.submitter, c.form
