-- One row per row of 留抵退税台账 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.taxpayer, t.taxpayer_hash, t.taxpayer_no, t.taxpayer_no_hash, t.industry, t.refund_amount, t.refunded_on
from raw.tax_refund as t
