-- 惠企资金兑付明细，可按项目和日期筛选
-- param: programme: text: 政策项目
-- param: from: date: 起始日期
-- param: to: date: 截止日期
select paid_on, programme, enterprise, enterprise_code, document_no, applied_amount, paid_amount, submitter, return_id, sheet, row_no
from core.fct_incentive
where ($programme is null or programme = $programme) and ($from is null or paid_on >= $from) and ($to is null or paid_on <= $to)
order by paid_on, programme, enterprise, return_id, sheet, row_no
