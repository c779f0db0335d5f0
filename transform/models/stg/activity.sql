-- One row per row of 走访与会议记录 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.activity_type, t.held_on, t.leaders, t.target, t.subject, t.resolutions
from raw.activity as t
