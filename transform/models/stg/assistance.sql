-- One row per row of 帮扶救助发放表 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    programme, street, households, people, amount, month
from raw.assistance
