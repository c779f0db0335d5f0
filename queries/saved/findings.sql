-- 各单位报表最常见的审核意见
-- param: submitter: unit: 填报单位
-- param: severity: text: error、warning 或 info
select coalesce(s.name, r.submitter) as submitter, r.form, f.severity, f.rule, f.field, count(*) as findings, count(distinct r.return_id) as returns, max(r.received_at) as last_received_at
from raw.finding as f
join core.known_return as r on r.zone = f.zone and r.return_id = f.return_id
left join core.dim_submitter as s on s.zone = r.zone and s.code = r.submitter
where ($submitter is null or s.name = $submitter) and ($severity is null or f.severity = $severity)
group by 1, 2, 3, 4, 5
order by findings desc, submitter, rule, form, severity, field
