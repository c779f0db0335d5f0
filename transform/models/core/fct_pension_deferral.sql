-- One row per deferral of 缓缴养老保险台账 that counts and began within the window of the run.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
-- check: within_window: own_on <= as_of
select
    t.zone, c.as_of, c.known_at, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(s.name, c.submitter) as submitter, c.submitter as submitter_code, c.period, t.start_month as own_on,
    t.enterprise, t.enterprise_folded, t.enterprise_code, t.people, t.deferred_amount, t.start_month, t.end_month,
    coalesce(t.enterprise_code, t.enterprise_folded) as enterprise_key
from stg.pension_deferral as t
join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id and c.form = 'pension_deferral'
left join core.dim_submitter as s on s.zone = t.zone and s.code = c.submitter
where t.start_month >= c.from_on and t.start_month <= c.as_of
