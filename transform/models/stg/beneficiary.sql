-- One row per row of 帮扶对象花名册 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.person_name, t.person_name_hash, t.id_number, t.id_number_hash, t.phone, t.phone_hash, t.household_no,
    coalesce(programme_value.name, t.programme) as programme, t.street, t.village
from raw.beneficiary as t
left join ctl.form_value as programme_value on programme_value.form = 'beneficiary' and programme_value.field = 'programme' and programme_value.value = t.programme
