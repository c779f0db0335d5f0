-- One row per contradiction between returns that count (数据打架): kind, what it is about, what one says and what the other says.
-- grain: zone, as_of, known_at, kind, subject, a_return_id, a_sheet, a_row_no, b_return_id, b_sheet, b_row_no
with bare as (
    select
        zone, as_of, known_at, form, submitter, submitter_code, return_id, sheet, row_no, item_no, title,
        replace(replace(replace(replace(replace(replace(replace(title, ' ', ''), '，', ''), '。', ''), '、', ''), ',', ''), '.', ''), '；', '') as bare_title
    from core.ledger_item
    where is_counted
),
items as ( -- units that say the same thing, each beside the next
    select
        bare.*,
        dense_rank() over (partition by zone, as_of, known_at, form, item_no order by submitter_code) as number_place,
        dense_rank() over (partition by zone, as_of, known_at, form, bare_title order by submitter_code) as title_place
    from bare
),
names as (
    select zone, as_of, known_at, return_id, sheet, row_no, submitter, enterprise, enterprise_code from core.fct_enterprise
    union all
    select zone, as_of, known_at, return_id, sheet, row_no, submitter, enterprise, enterprise_code from core.fct_incentive
    union all
    select zone, as_of, known_at, return_id, sheet, row_no, submitter, enterprise, enterprise_code from core.fct_enterprise_request
    union all
    select zone, as_of, known_at, return_id, sheet, row_no, submitter, enterprise, enterprise_code from core.fct_pension_deferral
),
firms as ( -- the first row of each pair of name and code
    select *
    from (
        select names.*, row_number() over (partition by zone, as_of, known_at, enterprise, enterprise_code order by return_id, sheet, row_no) as n
        from names
        where enterprise is not null and enterprise_code is not null
    ) as numbered
    where n = 1
),
payments as (
    select
        zone, as_of, known_at, return_id, sheet, row_no, submitter, document_no, enterprise, enterprise_key, programme, paid_amount,
        row_number() over (partition by zone, as_of, known_at, document_no, enterprise_key, programme, paid_amount order by return_id, sheet, row_no) as n
    from core.fct_incentive
    where document_no is not null
),
rosters as (
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
    a.zone, a.as_of, a.known_at, '编号相同' as kind, a.item_no as subject,
    a.submitter as a_submitter, a.title as a_says, a.return_id as a_return_id, a.sheet as a_sheet, a.row_no as a_row_no,
    b.submitter as b_submitter, b.title as b_says, b.return_id as b_return_id, b.sheet as b_sheet, b.row_no as b_row_no
from items as a
join items as b
    on b.zone = a.zone and b.as_of = a.as_of and b.known_at = a.known_at and b.form = a.form and b.item_no = a.item_no
    and b.number_place = a.number_place + 1
union all
select
    a.zone, a.as_of, a.known_at, '描述相近', a.bare_title,
    a.submitter, a.item_no, a.return_id, a.sheet, a.row_no, b.submitter, b.item_no, b.return_id, b.sheet, b.row_no
from items as a
join items as b
    on b.zone = a.zone and b.as_of = a.as_of and b.known_at = a.known_at and b.form = a.form and b.bare_title = a.bare_title
    and b.title_place = a.title_place + 1 and b.item_no <> a.item_no
where length(a.bare_title) >= 8
union all
select
    a.zone, a.as_of, a.known_at, '一企两码', a.enterprise,
    a.submitter, a.enterprise_code, a.return_id, a.sheet, a.row_no, b.submitter, b.enterprise_code, b.return_id, b.sheet, b.row_no
from firms as a
join firms as b
    on b.zone = a.zone and b.as_of = a.as_of and b.known_at = a.known_at and b.enterprise = a.enterprise and b.enterprise_code > a.enterprise_code
union all
select
    a.zone, a.as_of, a.known_at, '一码两名', a.enterprise_code,
    a.submitter, a.enterprise, a.return_id, a.sheet, a.row_no, b.submitter, b.enterprise, b.return_id, b.sheet, b.row_no
from firms as a
join firms as b
    on b.zone = a.zone and b.as_of = a.as_of and b.known_at = a.known_at and b.enterprise_code = a.enterprise_code and b.enterprise > a.enterprise
union all
select
    a.zone, a.as_of, a.known_at, '文号重复', a.document_no,
    a.submitter, a.enterprise || ' ' || cast(a.paid_amount as varchar), a.return_id, a.sheet, a.row_no,
    b.submitter, b.enterprise || ' ' || cast(b.paid_amount as varchar), b.return_id, b.sheet, b.row_no
from payments as a
join payments as b
    on b.zone = a.zone and b.as_of = a.as_of and b.known_at = a.known_at and b.document_no = a.document_no
    and b.enterprise_key = a.enterprise_key and b.programme = a.programme and b.paid_amount = a.paid_amount and b.n = a.n + 1
union all
select
    r.zone, r.as_of, r.known_at, '花名册与发放表人数不符', r.programme || ' ' || coalesce(r.street, '未填'),
    r.submitter, cast(r.people as varchar), r.return_id, r.sheet, r.row_no, p.submitter, cast(p.people as varchar), p.return_id, p.sheet, p.row_no
from rosters as r
join paid_people as p
    on p.zone = r.zone and p.as_of = r.as_of and p.known_at = r.known_at and p.programme = r.programme and p.street = r.street
where p.people <> r.people
