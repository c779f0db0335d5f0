-- One row per row of 招聘活动台账 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.fair_name, coalesce(series_value.name, t.series) as series, t.held_on, t.venue, t.organizer, t.enterprises,
    t.positions, t.seekers, t.intentions, t.hires
from raw.job_fair as t
left join ctl.form_value as series_value on series_value.form = 'job_fair' and series_value.field = 'series' and series_value.value = t.series
