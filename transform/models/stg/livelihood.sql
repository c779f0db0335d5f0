-- One row per row of 重点民生实事 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    project_no, project_name, lead_unit, street, planned_investment, completed_investment,
    planned_finish_on, progress, status, finished_on
from raw.livelihood
