-- One row per row of 惠企资金兑付台账 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    enterprise, coalesce(enterprise_folded, enterprise) as enterprise_folded, enterprise_code, programme, document_no, applied_amount, paid_amount, paid_on
from raw.incentive
