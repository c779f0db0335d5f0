-- One row per row of 问题台账 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.problem_no, coalesce(source_value.name, t.source) as source, coalesce(list_value.name, t.list) as list,
    t.description, t.enterprise, coalesce(t.enterprise_folded, t.enterprise) as enterprise_folded, t.street, t.lead_unit,
    t.responsible, t.assigned_on, t.deadline, coalesce(status_value.name, t.status) as status,
    status_value.means as status_means, t.closed_on, t.progress_note,
    coalesce(satisfaction_value.name, t.satisfaction) as satisfaction, satisfaction_value.means as satisfaction_means,
    t.struck_off_on, t.reviewer
from raw.problem as t
left join ctl.form_value as source_value on source_value.form = 'problem' and source_value.field = 'source' and source_value.value = t.source
left join ctl.form_value as list_value on list_value.form = 'problem' and list_value.field = 'list' and list_value.value = t.list
left join ctl.form_value as status_value on status_value.form = 'problem' and status_value.field = 'status' and status_value.value = t.status
left join ctl.form_value as satisfaction_value on satisfaction_value.form = 'problem' and satisfaction_value.field = 'satisfaction' and satisfaction_value.value = t.satisfaction
