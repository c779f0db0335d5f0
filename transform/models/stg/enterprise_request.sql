-- One row per row of 企业反馈问题交办清单 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    batch, item_no, enterprise, coalesce(enterprise_folded, enterprise) as enterprise_folded, enterprise_code, problem_type, description, lead_unit, assigned_on,
    deadline, status, resolved_on, progress_note
from raw.enterprise_request
