-- One row per request of 企业反馈问题交办清单 that counts.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
select
    t.zone, c.as_of, c.known_at, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(s.name, c.submitter) as submitter, c.submitter as submitter_code, c.period, t.assigned_on as own_on,
    t.batch, t.item_no, t.enterprise, t.enterprise_folded, t.enterprise_code, t.problem_type, t.description,
    coalesce(lu.name, t.lead_unit) as lead_unit, t.assigned_on, t.deadline, t.status, t.resolved_on, t.progress_note,
    coalesce(t.status_means = 'closed', false) as is_resolved,
    coalesce(t.status_means = 'open', false) as is_open,
    coalesce(t.status_means = 'open' and t.deadline < c.as_of, false) as is_overdue,
    case when t.status_means = 'open' and t.deadline < c.as_of then date_diff('day', t.deadline, c.as_of) end as days_overdue
from stg.enterprise_request as t
join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id and c.form = 'enterprise_request'
left join core.dim_submitter as s on s.zone = t.zone and s.code = c.submitter
left join core.unit_name as lu on lu.zone = t.zone and lu.called = t.lead_unit
