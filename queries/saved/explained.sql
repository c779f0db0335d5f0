-- 核实说明：各单位对“请核实”事项的说明
-- param: submitter: unit: 单位名称或代码
select coalesce(s.name, r.submitter) as submitter, r.form, r.period, e.return_id, e.sheet, e.cell, e.rule, e.value, e.message, e.said
from raw.explanation as e
join core.known_return as r on r.zone = e.zone and r.return_id = e.return_id
left join ctl.submitter as s on s.zone = r.zone and s.code = r.submitter
where $submitter is null or r.submitter = $submitter or s.name = $submitter
order by r.arrival, e.return_id, e.seq
