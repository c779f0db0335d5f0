-- One row per row of 问题台账 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    problem_no, source, list, description, enterprise, street, lead_unit, responsible, assigned_on,
    deadline, status, closed_on, progress_note, satisfaction, struck_off_on, reviewer
from raw.problem
