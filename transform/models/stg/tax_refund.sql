-- One row per row of 留抵退税台账 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    taxpayer, taxpayer_hash, taxpayer_no, taxpayer_no_hash, industry, refund_amount, refunded_on
from raw.tax_refund
