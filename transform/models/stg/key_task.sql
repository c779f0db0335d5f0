-- One row per row of “六个一批”重点任务 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    batch, task_no, task_name, lead_unit, deadline, progress, status
from raw.key_task
