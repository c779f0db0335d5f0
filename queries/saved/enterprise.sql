-- 一家企业在各表中的记录（按名称或统一社会信用代码，可只写一部分；全半角、空格、括号写法不限）
-- param: name: name: 企业名称或代码: *
select '惠企资金' as "表", submitter as "填报单位", enterprise as "企业", programme as "事项", cast(paid_on as varchar) as "日期", cast(paid_amount as varchar) as "内容", return_id, sheet, row_no
from core.fct_incentive
where $name = '*' or enterprise_folded like '%' || $name || '%' or lower(enterprise_code) = $name
union all
select '企业反馈问题', submitter, enterprise, problem_type, cast(assigned_on as varchar), description || '（' || status || '）', return_id, sheet, row_no
from core.fct_enterprise_request
where $name = '*' or enterprise_folded like '%' || $name || '%' or lower(enterprise_code) = $name
union all
select '缓缴养老保险', submitter, enterprise, cast(people as varchar) || '人', substr(cast(start_month as varchar), 1, 7), cast(deferred_amount as varchar), return_id, sheet, row_no
from core.fct_pension_deferral
where $name = '*' or enterprise_folded like '%' || $name || '%' or lower(enterprise_code) = $name
union all
select '问题台账', submitter, enterprise, list, cast(assigned_on as varchar), description || '（' || status || '）', return_id, sheet, row_no
from core.fct_problem
where enterprise is not null and ($name = '*' or enterprise_folded like '%' || $name || '%')
union all
select '联系表', submitter, target, contact_type, cast(started_on as varchar), liaison, return_id, sheet, row_no
from core.fct_contact
where $name = '*' or target_folded like '%' || $name || '%' or lower(enterprise_code) = $name
union all
select '融资对接', submitter, enterprise, institution, cast(granted_on as varchar), status || ' ' || coalesce(cast(granted_amount as varchar), ''), return_id, sheet, row_no
from core.fct_financing
where $name = '*' or enterprise_folded like '%' || $name || '%'
union all
select '土地款', submitter, enterprise, '第' || cast(instalment as varchar) || '期', cast(paid_on as varchar), coalesce(cast(paid_amount as varchar), ''), return_id, sheet, row_no
from core.fct_land_payment
where $name = '*' or enterprise_folded like '%' || $name || '%'
union all
select '企业名录', submitter, enterprise, enterprise_type, cast(null as varchar), coalesce(enterprise_code, ''), return_id, sheet, row_no
from core.fct_enterprise
where $name = '*' or enterprise_folded like '%' || $name || '%' or lower(enterprise_code) = $name
order by 3, 1, 5, 7, 8, 9
