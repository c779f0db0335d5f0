-- One row per row of “六个一批”重点任务 as loaded, with the submitter and period of its return.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text, r.submitter as submitter_code, r.period,
    t.batch, t.task_no, t.task_name, t.lead_unit, t.deadline, t.progress, t.status
from raw.key_task as t
join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
