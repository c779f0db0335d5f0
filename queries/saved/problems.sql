-- 问题台账明细，可按街道、牵头单位、状态筛选
-- param: street: unit: 所属街道
-- param: unit: unit: 牵头单位
-- param: status: text: 办理状态
select problem_no, list, description, street, lead_unit, assigned_on, deadline, status, closed_on, satisfaction, submitter, return_id, sheet, row_no
from core.fct_problem
where ($street is null or street = $street) and ($unit is null or lead_unit = $unit) and ($status is null or status = $status)
order by deadline, problem_no, return_id, sheet, row_no
