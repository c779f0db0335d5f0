-- One row per row of 帮扶救助发放表 as loaded, with the submitter and period of its return.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text, r.submitter as submitter_code, r.period,
    t.programme, t.street, t.households, t.people, t.amount, t.month
from raw.assistance as t
join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
