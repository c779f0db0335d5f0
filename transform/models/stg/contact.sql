-- One row per row of 联系表 as loaded, with the submitter and period of its return.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text, r.submitter as submitter_code, r.period,
    t.contact_type, t.programme, t.liaison, t.position, t.target, t.enterprise_code, t.street, t.started_on
from raw.contact as t
join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
