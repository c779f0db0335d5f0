-- One row per row of 走访与会议记录 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(activity_type_value.name, t.activity_type) as activity_type, t.held_on, t.leaders, t.target, t.subject,
    t.resolutions
from raw.activity as t
left join ctl.form_value as activity_type_value on activity_type_value.form = 'activity' and activity_type_value.field = 'activity_type' and activity_type_value.value = t.activity_type
