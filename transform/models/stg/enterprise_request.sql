-- One row per row of 企业反馈问题交办清单 as loaded, with the submitter and period of its return.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text, r.submitter as submitter_code, r.period,
    t.batch, t.item_no, t.enterprise, t.enterprise_code, t.problem_type, t.description, t.lead_unit, t.assigned_on,
    t.deadline, t.status, t.resolved_on
from raw.enterprise_request as t
join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
