-- One row per row of 联系表 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(contact_type_value.name, t.contact_type) as contact_type,
    coalesce(programme_value.name, t.programme) as programme, t.liaison,
    coalesce(t.liaison_folded, t.liaison) as liaison_folded, t.position, t.target,
    coalesce(t.target_folded, t.target) as target_folded, t.enterprise_code, t.street, t.started_on
from raw.contact as t
left join ctl.form_value as contact_type_value on contact_type_value.form = 'contact' and contact_type_value.field = 'contact_type' and contact_type_value.value = t.contact_type
left join ctl.form_value as programme_value on programme_value.form = 'contact' and programme_value.field = 'programme' and programme_value.value = t.programme
