-- One row per pair of payments to one enterprise that name the same document (文号重复).
-- grain: zone, as_of, known_at, kind, subject, a_return_id, a_sheet, a_row_no, b_return_id, b_sheet, b_row_no
with paid_twice as (
    select zone, as_of, known_at, document_no, enterprise_key
    from core.fct_incentive
    where document_no is not null
    group by zone, as_of, known_at, document_no, enterprise_key
    having count(*) > 1
),
payments as ( -- of one enterprise by one document
    select
        p.zone, p.as_of, p.known_at, p.return_id, p.sheet, p.row_no, p.submitter, p.document_no, p.enterprise, p.enterprise_key, p.programme, p.paid_amount,
        row_number() over (
            partition by p.zone, p.as_of, p.known_at, p.document_no, p.enterprise_key
            order by p.programme, p.paid_amount, p.return_id, p.sheet, p.row_no) as n
    from core.fct_incentive as p
    join paid_twice as t
        on t.zone = p.zone and t.as_of = p.as_of and t.known_at = p.known_at and t.document_no = p.document_no and t.enterprise_key = p.enterprise_key
)
select
    a.zone, a.as_of, a.known_at, '文号重复' as kind, a.document_no as subject,
    a.submitter as a_submitter, a.enterprise || ' ' || a.programme || ' ' || cast(a.paid_amount as varchar) as a_says, a.return_id as a_return_id, a.sheet as a_sheet, a.row_no as a_row_no,
    b.submitter as b_submitter, b.enterprise || ' ' || b.programme || ' ' || cast(b.paid_amount as varchar) as b_says, b.return_id as b_return_id, b.sheet as b_sheet, b.row_no as b_row_no
from payments as a
join payments as b
    on b.zone = a.zone and b.as_of = a.as_of and b.known_at = a.known_at and b.document_no = a.document_no
    and b.enterprise_key = a.enterprise_key and b.n = a.n + 1
