-- One row per payment of 惠企资金兑付台账 that counts and was made within the window of the run.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
-- check: within_window: own_on <= as_of
select
    t.zone, c.as_of, c.known_at, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(s.name, c.submitter) as submitter, c.submitter as submitter_code, c.period, t.paid_on as own_on,
    t.enterprise, t.enterprise_folded, t.enterprise_code, t.programme, t.document_no, t.applied_amount, t.paid_amount, t.paid_on,
    coalesce(t.enterprise_code, t.enterprise_folded) as enterprise_key
from stg.incentive as t
join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id and c.form = 'incentive'
left join core.dim_submitter as s on s.zone = t.zone and s.code = c.submitter
where t.paid_on >= c.from_on and t.paid_on <= c.as_of
