-- One row per row of 重点民生实事 as loaded, with the submitter and period of its return.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text, r.submitter as submitter_code, r.period,
    t.project_no, t.project_name, t.lead_unit, t.street, t.planned_investment, t.completed_investment,
    t.planned_finish_on, t.progress, t.status, t.finished_on
from raw.livelihood as t
join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
