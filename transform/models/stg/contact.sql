-- One row per row of 联系表 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    contact_type, programme, liaison, coalesce(liaison_folded, liaison) as liaison_folded, position, target, coalesce(target_folded, target) as target_folded, enterprise_code, street, started_on
from raw.contact
