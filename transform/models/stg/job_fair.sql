-- One row per row of 招聘活动台账 as loaded, with the submitter and period of its return.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text, r.submitter as submitter_code, r.period,
    t.fair_name, t.series, t.held_on, t.venue, t.organizer, t.enterprises, t.positions, t.seekers, t.intentions,
    t.hires
from raw.job_fair as t
join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
