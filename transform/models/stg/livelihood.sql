-- One row per row of 重点民生实事 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.project_no, t.project_name, t.lead_unit, t.street, t.planned_investment, t.completed_investment,
    t.planned_finish_on, t.progress, coalesce(status_value.name, t.status) as status, status_value.means as status_means,
    t.finished_on
from raw.livelihood as t
left join ctl.form_value as status_value on status_value.form = 'livelihood' and status_value.field = 'status' and status_value.value = t.status
