-- One row per problem of 问题台账 that counts.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
-- check: overdue_is_open: not is_overdue or is_open
-- check: not_closed_and_open: not (is_closed and is_open)
select
    t.zone, c.as_of, c.known_at, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(s.name, c.submitter) as submitter, c.submitter as submitter_code, c.period, t.assigned_on as own_on,
    t.problem_no, t.source, t.list, t.description, t.enterprise, t.enterprise_folded, coalesce(st.name, t.street) as street,
    coalesce(lu.name, t.lead_unit) as lead_unit, t.responsible, t.assigned_on, t.deadline, t.status, t.closed_on,
    t.progress_note, t.satisfaction, t.struck_off_on, t.reviewer,
    coalesce(t.status_means = 'closed', false) as is_closed,
    coalesce(t.status_means = 'open', false) as is_open,
    coalesce(t.status_means = 'long_term', false) as is_long_term,
    coalesce(t.status_means = 'open' and t.deadline < c.as_of, false) as is_overdue,
    case when t.status_means = 'open' and t.deadline < c.as_of then date_diff('day', t.deadline, c.as_of) end as days_overdue,
    case when t.status_means = 'closed' then date_diff('day', t.assigned_on, t.closed_on) end as days_to_close,
    coalesce(t.satisfaction_means = 'satisfied', false) as is_satisfied
from stg.problem as t
join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id and c.form = 'problem'
left join core.dim_submitter as s on s.zone = t.zone and s.code = c.submitter
left join core.unit_name as st on st.zone = t.zone and st.called = t.street
left join core.unit_name as lu on lu.zone = t.zone and lu.called = t.lead_unit
