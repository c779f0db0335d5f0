-- One row per row of 问题台账 as loaded, with the submitter and period of its return.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text, r.submitter as submitter_code, r.period,
    t.problem_no, t.source, t.list, t.description, t.enterprise, t.street, t.lead_unit, t.responsible, t.assigned_on,
    t.deadline, t.status, t.closed_on, t.progress_note, t.satisfaction, t.struck_off_on, t.reviewer
from raw.problem as t
join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
