-- One row per row of “六个一批”重点任务 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.batch, t.task_no, t.task_name, t.lead_unit, t.deadline, t.progress,
    coalesce(status_value.name, t.status) as status, status_value.means as status_means
from raw.key_task as t
left join ctl.form_value as status_value on status_value.form = 'key_task' and status_value.field = 'status' and status_value.value = t.status
