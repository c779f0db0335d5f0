-- One row per row of 联系表 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.contact_type, t.programme, t.liaison, coalesce(t.liaison_folded, t.liaison) as liaison_folded, t.position,
    t.target, coalesce(t.target_folded, t.target) as target_folded, t.enterprise_code, t.street, t.started_on
from raw.contact as t
