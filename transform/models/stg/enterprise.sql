-- One row per row of 企业名录 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    enterprise, coalesce(enterprise_folded, enterprise) as enterprise_folded, enterprise_code, enterprise_type, tier, industry, street
from raw.enterprise
