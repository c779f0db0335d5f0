-- One row per row of 融资对接台账 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    enterprise, institution, requested_amount, granted_amount, status, granted_on, lent_amount
from raw.financing
