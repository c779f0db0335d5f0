-- One row per row of 帮扶救助发放表 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(programme_value.name, t.programme) as programme, t.street, t.households, t.people, t.amount, t.month
from raw.assistance as t
left join ctl.form_value as programme_value on programme_value.form = 'assistance' and programme_value.field = 'programme' and programme_value.value = t.programme
