-- One row per row of 企业名录 as loaded, with the submitter and period of its return.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text, r.submitter as submitter_code, r.period,
    t.enterprise, t.enterprise_code, t.enterprise_type, t.tier, t.industry, t.street
from raw.enterprise as t
join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
