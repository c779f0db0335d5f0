-- One row per row of 企业反馈问题交办清单 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.batch, t.item_no, t.enterprise, coalesce(t.enterprise_folded, t.enterprise) as enterprise_folded,
    t.enterprise_code, coalesce(problem_type_value.name, t.problem_type) as problem_type, t.description, t.lead_unit,
    t.assigned_on, t.deadline, coalesce(status_value.name, t.status) as status, status_value.means as status_means,
    t.resolved_on, t.progress_note
from raw.enterprise_request as t
left join ctl.form_value as problem_type_value on problem_type_value.form = 'enterprise_request' and problem_type_value.field = 'problem_type' and problem_type_value.value = t.problem_type
left join ctl.form_value as status_value on status_value.form = 'enterprise_request' and status_value.field = 'status' and status_value.value = t.status
