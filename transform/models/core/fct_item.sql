-- One row per item of the five ledgers of things to do that counts: who is to finish what, by when, and whether it is overdue.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
-- check: overdue_is_open: not is_overdue or is_open
select
    zone, as_of, known_at, return_id, sheet, row_no, key_text, submitter, submitter_code, period, own_on,
    'problem' as form, problem_no as item_no, description as title, lead_unit,
    assigned_on, deadline, status, progress_note, is_open, is_overdue, days_overdue
from core.fct_problem
union all
select
    zone, as_of, known_at, return_id, sheet, row_no, key_text, submitter, submitter_code, period, own_on,
    'enterprise_request' as form, cast(batch as varchar) || '-' || item_no as item_no,
    description as title, lead_unit, assigned_on, deadline, status, progress_note, is_open, is_overdue, days_overdue
from core.fct_enterprise_request
union all
select
    zone, as_of, known_at, return_id, sheet, row_no, key_text, submitter, submitter_code, period, own_on,
    'special_item' as form, list_name || ' ' || item_no as item_no, description as title, lead_unit,
    assigned_on, deadline, status, progress_note, is_open, is_overdue, days_overdue
from core.fct_special_item
union all
select
    zone, as_of, known_at, return_id, sheet, row_no, key_text, submitter, submitter_code, period, own_on,
    'key_task' as form, task_no as item_no, task_name as title, lead_unit,
    cast(null as date) as assigned_on, deadline, status, cast(null as varchar) as progress_note, is_open, is_overdue, days_overdue
from core.fct_key_task
union all
select
    zone, as_of, known_at, return_id, sheet, row_no, key_text, submitter, submitter_code, period, own_on,
    'livelihood' as form, project_no as item_no, project_name as title, lead_unit,
    cast(null as date) as assigned_on, planned_finish_on as deadline, status, cast(null as varchar) as progress_note, is_open, is_overdue, days_overdue
from core.fct_livelihood
