-- One row per row of 缓缴养老保险台账 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.enterprise, coalesce(t.enterprise_folded, t.enterprise) as enterprise_folded, t.enterprise_code, t.people,
    t.deferred_amount, t.start_month, t.end_month
from raw.pension_deferral as t
