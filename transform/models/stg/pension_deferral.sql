-- One row per row of 缓缴养老保险台账 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    enterprise, coalesce(enterprise_folded, enterprise) as enterprise_folded, enterprise_code, people, deferred_amount, start_month, end_month
from raw.pension_deferral
