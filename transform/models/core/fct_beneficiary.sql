-- One row per person and programme of 帮扶对象花名册 that counts; persons are masked, the hash joins them.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
select
    t.zone, c.as_of, c.known_at, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(s.name, c.submitter) as submitter, c.submitter as submitter_code, c.period, cast(null as date) as own_on,
    t.person_name, t.person_name_hash, t.id_number, t.id_number_hash, t.phone, t.phone_hash, t.household_no,
    t.programme, coalesce(st.name, t.street) as street, t.village
from stg.beneficiary as t
join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id and c.form = 'beneficiary'
left join core.dim_submitter as s on s.zone = t.zone and s.code = c.submitter
left join core.unit_name as st on st.zone = t.zone and st.called = t.street
