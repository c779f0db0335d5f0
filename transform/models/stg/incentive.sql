-- One row per row of 惠企资金兑付台账 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.enterprise, coalesce(t.enterprise_folded, t.enterprise) as enterprise_folded, t.enterprise_code,
    coalesce(programme_value.name, t.programme) as programme, t.document_no, t.applied_amount, t.paid_amount, t.paid_on
from raw.incentive as t
left join ctl.form_value as programme_value on programme_value.form = 'incentive' and programme_value.field = 'programme' and programme_value.value = t.programme
