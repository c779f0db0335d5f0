-- One row per row of 走访与会议记录 as loaded, with the submitter and period of its return.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text, r.submitter as submitter_code, r.period,
    t.activity_type, t.held_on, t.leaders, t.target, t.subject, t.resolutions
from raw.activity as t
join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
