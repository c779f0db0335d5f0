-- One row per pair of liaison and target of 联系表 that counts.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
select
    t.zone, c.as_of, c.known_at, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(s.name, c.submitter) as submitter, c.submitter as submitter_code, c.period, t.started_on as own_on,
    t.contact_type, t.programme, t.liaison, t.liaison_folded, t.position, t.target, t.target_folded, t.enterprise_code,
    coalesce(st.name, t.street) as street, t.started_on
from stg.contact as t
join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id and c.form = 'contact'
left join core.dim_submitter as s on s.zone = t.zone and s.code = c.submitter
left join core.unit_name as st on st.zone = t.zone and st.called = t.street
