-- One row per row of 专项问题清单 as loaded, with the submitter and period of its return.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text, r.submitter as submitter_code, r.period,
    t.list_name, t.item_no, t.description, t.lead_unit, t.assigned_on, t.deadline, t.status, t.closed_on
from raw.special_item as t
join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
