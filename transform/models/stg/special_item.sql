-- One row per row of 专项问题清单 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(list_name_value.name, t.list_name) as list_name, t.item_no, t.description, t.lead_unit, t.assigned_on,
    t.deadline, coalesce(status_value.name, t.status) as status, status_value.means as status_means, t.closed_on,
    t.progress_note
from raw.special_item as t
left join ctl.form_value as list_name_value on list_name_value.form = 'special_item' and list_name_value.field = 'list_name' and list_name_value.value = t.list_name
left join ctl.form_value as status_value on status_value.form = 'special_item' and status_value.field = 'status' and status_value.value = t.status
