-- One row per row of 土地款缴返台账 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.enterprise, coalesce(t.enterprise_folded, t.enterprise) as enterprise_folded, t.instalment, t.due_amount,
    t.paid_amount, t.paid_on, t.refunded_amount, t.refunded_on
from raw.land_payment as t
