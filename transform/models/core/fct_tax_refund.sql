-- One row per refund of 留抵退税台账 that counts and was made within the window of the run; taxpayers are masked.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
-- check: within_window: own_on <= as_of
select
    t.zone, c.as_of, c.known_at, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(s.name, c.submitter) as submitter, c.submitter as submitter_code, c.period, t.refunded_on as own_on,
    t.taxpayer, t.taxpayer_hash, t.taxpayer_no, t.taxpayer_no_hash, t.industry, t.refund_amount, t.refunded_on
from stg.tax_refund as t
join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id and c.form = 'tax_refund'
left join core.dim_submitter as s on s.zone = t.zone and s.code = c.submitter
where t.refunded_on >= c.from_on and t.refunded_on <= c.as_of
