-- One row per row of 融资对接台账 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.enterprise, coalesce(t.enterprise_folded, t.enterprise) as enterprise_folded, t.institution, t.requested_amount,
    t.granted_amount, coalesce(status_value.name, t.status) as status, status_value.means as status_means, t.granted_on,
    t.lent_amount
from raw.financing as t
left join ctl.form_value as status_value on status_value.form = 'financing' and status_value.field = 'status' and status_value.value = t.status
