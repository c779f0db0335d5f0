-- One row per row of 招聘活动台账 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.fair_name, t.series, t.held_on, t.venue, t.organizer, t.enterprises, t.positions, t.seekers, t.intentions, t.hires
from raw.job_fair as t
