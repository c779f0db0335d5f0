-- One row per row of 问题台账 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.problem_no, t.source, t.list, t.description, t.enterprise,
    coalesce(t.enterprise_folded, t.enterprise) as enterprise_folded, t.street, t.lead_unit, t.responsible,
    t.assigned_on, t.deadline, t.status, status_value.means as status_means, t.closed_on, t.progress_note,
    t.satisfaction, satisfaction_value.means as satisfaction_means, t.struck_off_on, t.reviewer
from raw.problem as t
left join ctl.form_value as status_value on status_value.form = 'problem' and status_value.field = 'status' and status_value.value = t.status
left join ctl.form_value as satisfaction_value on satisfaction_value.form = 'problem' and satisfaction_value.field = 'satisfaction' and satisfaction_value.value = t.satisfaction
