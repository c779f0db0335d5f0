-- One row per row of 走访与会议记录 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    activity_type, held_on, leaders, target, subject, resolutions
from raw.activity
