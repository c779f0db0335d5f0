-- One row per programme and street of which the roster and the newest list of payments count people differently (花名册与发放表人数不符).
-- grain: zone, as_of, known_at, kind, subject, a_return_id, a_sheet, a_row_no, b_return_id, b_sheet, b_row_no
with rosters as (
    select zone, as_of, known_at, programme, street, count(distinct id_number_hash) as people,
        min(return_id) as return_id, min(sheet) as sheet, min(row_no) as row_no, min(submitter) as submitter
    from core.fct_beneficiary
    group by zone, as_of, known_at, programme, street
),
paid_people as (
    select *
    from (
        select
            zone, as_of, known_at, programme, street, people, month, return_id, sheet, row_no, submitter,
            row_number() over (partition by zone, as_of, known_at, programme, street order by month desc, return_id, sheet, row_no) as n
        from core.fct_assistance
        where people is not null
    ) as newest
    where n = 1
)
select
    a.zone, a.as_of, a.known_at, '花名册与发放表人数不符' as kind, a.programme || ' ' || coalesce(a.street, '未填') as subject,
    a.submitter as a_submitter, cast(a.people as varchar) as a_says, a.return_id as a_return_id, a.sheet as a_sheet, a.row_no as a_row_no,
    b.submitter as b_submitter, cast(b.people as varchar) as b_says, b.return_id as b_return_id, b.sheet as b_sheet, b.row_no as b_row_no
from rosters as a
join paid_people as b
    on b.zone = a.zone and b.as_of = a.as_of and b.known_at = a.known_at and b.programme = a.programme and b.street = a.street
where b.people <> a.people
