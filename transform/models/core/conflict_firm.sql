-- One row per contradiction about an enterprise: one name with two codes (一企两码), one code with two names (一码两名).
-- grain: zone, as_of, known_at, kind, subject, a_return_id, a_sheet, a_row_no, b_return_id, b_sheet, b_row_no
with names as (
    select zone, as_of, known_at, return_id, sheet, row_no, submitter, enterprise, enterprise_folded, enterprise_code from core.fct_enterprise
    union all
    select zone, as_of, known_at, return_id, sheet, row_no, submitter, enterprise, enterprise_folded, enterprise_code from core.fct_incentive
    union all
    select zone, as_of, known_at, return_id, sheet, row_no, submitter, enterprise, enterprise_folded, enterprise_code from core.fct_enterprise_request
    union all
    select zone, as_of, known_at, return_id, sheet, row_no, submitter, enterprise, enterprise_folded, enterprise_code from core.fct_pension_deferral
),
two_codes as (
    select zone, as_of, known_at, enterprise_folded
    from names
    where enterprise is not null and enterprise_code is not null
    group by zone, as_of, known_at, enterprise_folded
    having min(enterprise_code) <> max(enterprise_code)
),
two_names as (
    select zone, as_of, known_at, enterprise_code
    from names
    where enterprise is not null and enterprise_code is not null
    group by zone, as_of, known_at, enterprise_code
    having min(enterprise_folded) <> max(enterprise_folded)
),
doubtful as (
    select names.*
    from names
    left join two_codes as c on c.zone = names.zone and c.as_of = names.as_of and c.known_at = names.known_at and c.enterprise_folded = names.enterprise_folded
    left join two_names as n
        on n.zone = names.zone and n.as_of = names.as_of and n.known_at = names.known_at and n.enterprise_code = names.enterprise_code
    where names.enterprise is not null and names.enterprise_code is not null and (c.zone is not null or n.zone is not null)
),
firms as ( -- the first row of each pair of name and code
    select *
    from (
        select doubtful.*, row_number() over (partition by zone, as_of, known_at, enterprise_folded, enterprise_code order by return_id, sheet, row_no) as n
        from doubtful
    ) as numbered_firms
    where n = 1
)
select
    a.zone, a.as_of, a.known_at, '一企两码' as kind, a.enterprise as subject,
    a.submitter as a_submitter, a.enterprise_code as a_says, a.return_id as a_return_id, a.sheet as a_sheet, a.row_no as a_row_no,
    b.submitter as b_submitter, b.enterprise_code as b_says, b.return_id as b_return_id, b.sheet as b_sheet, b.row_no as b_row_no
from firms as a
join firms as b
    on b.zone = a.zone and b.as_of = a.as_of and b.known_at = a.known_at and b.enterprise_folded = a.enterprise_folded and b.enterprise_code > a.enterprise_code
union all
select
    a.zone, a.as_of, a.known_at, '一码两名', a.enterprise_code,
    a.submitter, a.enterprise, a.return_id, a.sheet, a.row_no, b.submitter, b.enterprise, b.return_id, b.sheet, b.row_no
from firms as a
join firms as b
    on b.zone = a.zone and b.as_of = a.as_of and b.known_at = a.known_at and b.enterprise_code = a.enterprise_code and b.enterprise_folded > a.enterprise_folded
