-- One row per row of 缓缴养老保险台账 as loaded, with the submitter and period of its return.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text, r.submitter as submitter_code, r.period,
    t.enterprise, t.enterprise_code, t.people, t.deferred_amount, t.start_month, t.end_month
from raw.pension_deferral as t
join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
