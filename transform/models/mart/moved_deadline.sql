-- One row per item and ledger in which a deadline that had passed was moved, or the item turned into 长期推进 (过期后改期).
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: submitter_code
with moving as ( -- most items never move: those that do are few
    select zone, as_of, known_at, form, submitter_code, item_no
    from core.ledger_item
    group by zone, as_of, known_at, form, submitter_code, item_no
    having min(deadline) <> max(deadline) or count(deadline) < count(*) or count(*) filter (where is_long_term) between 1 and count(*) - 1
),
items as (
    select i.*
    from core.ledger_item as i
    join moving as m
        on m.zone = i.zone and m.as_of = i.as_of and m.known_at = i.known_at
        and m.form = i.form and m.submitter_code = i.submitter_code and m.item_no = i.item_no
),
changes as (
    select
        newer.zone, newer.as_of, newer.known_at, newer.form, newer.submitter, newer.submitter_code, newer.unit, newer.item_no, newer.title,
        older.deadline as old_deadline, newer.deadline as new_deadline, older.status as old_status, newer.status as new_status,
        older.cutoff as old_cutoff, newer.cutoff as new_cutoff, newer.is_long_term and not older.is_long_term as turned_long_term,
        newer.return_id, newer.sheet, newer.row_no,
        row_number() over (
            partition by newer.zone, newer.as_of, newer.known_at, newer.return_id, newer.sheet, newer.row_no
            order by older.sheet, older.row_no) as n
    from items as newer
    join items as older
        on older.zone = newer.zone and older.as_of = newer.as_of and older.known_at = newer.known_at
        and older.form = newer.form and older.submitter_code = newer.submitter_code and older.item_no = newer.item_no
        and older.ledger_no = newer.ledger_no + 1
    where not older.is_finished and not older.is_long_term and older.deadline < newer.cutoff
        and (newer.deadline > older.deadline or newer.is_long_term)
)
select
    c.zone, c.as_of, c.known_at, c.form, f.title as form_title, c.unit, coalesce(s.seq, 9999) as unit_seq, c.submitter, c.submitter_code,
    c.item_no, c.title, c.old_deadline, c.new_deadline, c.old_status, c.new_status, c.old_cutoff, c.new_cutoff,
    c.turned_long_term, c.return_id, c.sheet, c.row_no
from changes as c
left join ctl.form as f on f.form = c.form
left join core.dim_submitter as s on s.zone = c.zone and s.name = c.unit
where c.n = 1
