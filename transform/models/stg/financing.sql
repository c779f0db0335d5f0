-- One row per row of 融资对接台账 as loaded, with the submitter and period of its return.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text, r.submitter as submitter_code, r.period,
    t.enterprise, t.institution, t.requested_amount, t.granted_amount, t.status, t.granted_on, t.lent_amount
from raw.financing as t
join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
