-- One row per row of 企业名录 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.enterprise, coalesce(t.enterprise_folded, t.enterprise) as enterprise_folded, t.enterprise_code, t.enterprise_type,
    t.tier, t.industry, t.street
from raw.enterprise as t
