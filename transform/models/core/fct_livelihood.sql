-- One row per project of 重点民生实事 that counts.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
select
    t.zone, c.as_of, c.known_at, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(s.name, c.submitter) as submitter, c.submitter as submitter_code, c.period, t.planned_finish_on as own_on,
    t.project_no, t.project_name, coalesce(lu.name, t.lead_unit) as lead_unit, coalesce(st.name, t.street) as street,
    t.planned_investment, t.completed_investment, t.planned_finish_on, t.progress, t.status, t.finished_on,
    coalesce(t.status_means = 'closed', false) as is_finished,
    coalesce(t.status_means = 'open', false) as is_open,
    coalesce(t.status_means = 'open' and t.planned_finish_on < c.as_of, false) as is_overdue,
    case when t.status_means = 'open' and t.planned_finish_on < c.as_of then date_diff('day', t.planned_finish_on, c.as_of) end as days_overdue
from stg.livelihood as t
join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id and c.form = 'livelihood'
left join core.dim_submitter as s on s.zone = t.zone and s.code = c.submitter
left join core.unit_name as lu on lu.zone = t.zone and lu.called = t.lead_unit
left join core.unit_name as st on st.zone = t.zone and st.called = t.street
