-- One row per row of 招聘活动台账 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    fair_name, series, held_on, venue, organizer, enterprises, positions, seekers, intentions,
    hires
from raw.job_fair
