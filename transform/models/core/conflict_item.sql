-- One row per contradiction between things to do of two units: one number for two things (编号相同), nearly the same words under two numbers (描述相近).
-- grain: zone, as_of, known_at, kind, subject, a_return_id, a_sheet, a_row_no, b_return_id, b_sheet, b_row_no
with bare as (
    select
        zone, as_of, known_at, form, submitter, submitter_code, return_id, sheet, row_no, item_no, title,
        translate(title, ' ，。、,.；', '') as bare_title
    from core.ledger_item
    where is_counted
),
shared_numbers as (
    select zone, as_of, known_at, form, item_no
    from bare
    group by zone, as_of, known_at, form, item_no
    having min(submitter_code) <> max(submitter_code)
),
shared_titles as (
    select zone, as_of, known_at, form, bare_title
    from bare
    where length(bare_title) >= 8
    group by zone, as_of, known_at, form, bare_title
    having min(submitter_code) <> max(submitter_code)
),
shared_gists as ( -- 描述 that begin and end alike
    select zone, as_of, known_at, form, substr(bare_title, 1, 6) as opening, substr(bare_title, length(bare_title) - 4) as ending
    from bare
    where length(bare_title) >= 14
    group by zone, as_of, known_at, form, substr(bare_title, 1, 6), substr(bare_title, length(bare_title) - 4)
    having min(submitter_code) <> max(submitter_code) and min(bare_title) <> max(bare_title)
),
numbered as ( -- units that say the same thing, each beside the next
    select i.*, dense_rank() over (partition by i.zone, i.as_of, i.known_at, i.form, i.item_no order by i.submitter_code) as place
    from bare as i
    join shared_numbers as n
        on n.zone = i.zone and n.as_of = i.as_of and n.known_at = i.known_at and n.form = i.form and n.item_no = i.item_no
),
titled as (
    select i.*, dense_rank() over (partition by i.zone, i.as_of, i.known_at, i.form, i.bare_title order by i.submitter_code) as place
    from bare as i
    join shared_titles as n
        on n.zone = i.zone and n.as_of = i.as_of and n.known_at = i.known_at and n.form = i.form and n.bare_title = i.bare_title
),
alike as ( -- in the order of their texts, each beside the next
    select
        i.*, n.opening, n.ending,
        row_number() over (
            partition by i.zone, i.as_of, i.known_at, i.form, n.opening, n.ending
            order by i.bare_title, i.submitter_code, i.return_id, i.sheet, i.row_no) as place
    from bare as i
    join shared_gists as n
        on n.zone = i.zone and n.as_of = i.as_of and n.known_at = i.known_at and n.form = i.form
        and n.opening = substr(i.bare_title, 1, 6) and n.ending = substr(i.bare_title, length(i.bare_title) - 4)
    where length(i.bare_title) >= 14
)
select
    a.zone, a.as_of, a.known_at, '编号相同' as kind, a.item_no as subject,
    a.submitter as a_submitter, a.title as a_says, a.return_id as a_return_id, a.sheet as a_sheet, a.row_no as a_row_no,
    b.submitter as b_submitter, b.title as b_says, b.return_id as b_return_id, b.sheet as b_sheet, b.row_no as b_row_no
from numbered as a
join numbered as b
    on b.zone = a.zone and b.as_of = a.as_of and b.known_at = a.known_at and b.form = a.form and b.item_no = a.item_no
    and b.place = a.place + 1
union all
select
    a.zone, a.as_of, a.known_at, '描述相近', a.bare_title,
    a.submitter, a.item_no, a.return_id, a.sheet, a.row_no, b.submitter, b.item_no, b.return_id, b.sheet, b.row_no
from titled as a
join titled as b
    on b.zone = a.zone and b.as_of = a.as_of and b.known_at = a.known_at and b.form = a.form and b.bare_title = a.bare_title
    and b.place = a.place + 1 and b.item_no <> a.item_no
union all
select
    a.zone, a.as_of, a.known_at, '描述相近', a.bare_title,
    a.submitter, a.item_no || ' ' || a.title, a.return_id, a.sheet, a.row_no, b.submitter, b.item_no || ' ' || b.title, b.return_id, b.sheet, b.row_no
from alike as a
join alike as b
    on b.zone = a.zone and b.as_of = a.as_of and b.known_at = a.known_at and b.form = a.form and b.opening = a.opening and b.ending = a.ending
    and b.place = a.place + 1 and b.item_no <> a.item_no and b.bare_title <> a.bare_title and b.submitter_code <> a.submitter_code
where abs(length(a.bare_title) - length(b.bare_title)) <= 2
