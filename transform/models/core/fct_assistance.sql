-- One row per programme, street and month of 帮扶救助发放表 that counts and lies within the window of the run.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
-- check: within_window: own_on <= as_of
select
    t.zone, c.as_of, c.known_at, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(s.name, c.submitter) as submitter, c.submitter as submitter_code, c.period, t.month as own_on,
    t.programme, coalesce(st.name, t.street) as street, t.households, t.people, t.amount, t.month
from stg.assistance as t
join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id and c.form = 'assistance'
left join core.dim_submitter as s on s.zone = t.zone and s.code = c.submitter
left join core.unit_name as st on st.zone = t.zone and st.called = t.street
where t.month >= c.from_on and t.month <= c.as_of
