-- One row per enterprise and institution of 融资对接台账 that counts.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
select
    t.zone, c.as_of, c.known_at, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(s.name, c.submitter) as submitter, c.submitter as submitter_code, c.period, t.granted_on as own_on,
    t.enterprise, t.enterprise_folded, t.institution, t.requested_amount, t.granted_amount, t.status, t.granted_on, t.lent_amount,
    coalesce(t.status_means = 'granted', false) as is_granted
from stg.financing as t
join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id and c.form = 'financing'
left join core.dim_submitter as s on s.zone = t.zone and s.code = c.submitter
