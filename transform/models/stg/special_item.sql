-- One row per row of 专项问题清单 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    list_name, item_no, description, lead_unit, assigned_on, deadline, status, closed_on, progress_note
from raw.special_item
