-- One row per row of 企业名录 as loaded. Written by `make generate` from the form.
-- grain: zone, return_id, sheet, row_no
select
    t.zone, t.return_id, t.sheet, t.row_no, t.key_text,
    t.enterprise, coalesce(t.enterprise_folded, t.enterprise) as enterprise_folded, t.enterprise_code,
    coalesce(enterprise_type_value.name, t.enterprise_type) as enterprise_type,
    coalesce(tier_value.name, t.tier) as tier, t.industry, t.street
from raw.enterprise as t
left join ctl.form_value as enterprise_type_value on enterprise_type_value.form = 'enterprise' and enterprise_type_value.field = 'enterprise_type' and enterprise_type_value.value = t.enterprise_type
left join ctl.form_value as tier_value on tier_value.form = 'enterprise' and tier_value.field = 'tier' and tier_value.value = t.tier
