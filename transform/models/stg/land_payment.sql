-- One row per row of 土地款缴返台账 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    enterprise, instalment, due_amount, paid_amount, paid_on, refunded_amount, refunded_on
from raw.land_payment
