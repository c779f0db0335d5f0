-- One row per open problem of 问题台账 whose 办理情况 reads the same in the three newest ledgers (久拖无进展).
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: submitter_code
with problems as (
    select *
    from core.ledger_item
    where form = 'problem' and ledger_no <= 3 and not is_finished and not is_long_term
)
select
    newest.zone, newest.as_of, newest.known_at, newest.submitter, newest.submitter_code, newest.unit, newest.return_id, newest.sheet, newest.row_no,
    newest.item_no, newest.title, newest.assigned_on, newest.deadline, newest.status, newest.progress_note,
    oldest.cutoff as since_cutoff
from problems as newest
join problems as oldest
    on oldest.zone = newest.zone and oldest.as_of = newest.as_of and oldest.known_at = newest.known_at
    and oldest.submitter_code = newest.submitter_code and oldest.item_no = newest.item_no and oldest.ledger_no = 3
join problems as middle
    on middle.zone = newest.zone and middle.as_of = newest.as_of and middle.known_at = newest.known_at
    and middle.submitter_code = newest.submitter_code and middle.item_no = newest.item_no and middle.ledger_no = 2
where newest.ledger_no = 1 and newest.is_counted
    and coalesce(newest.progress_note, '') = coalesce(middle.progress_note, '')
    and coalesce(newest.progress_note, '') = coalesce(oldest.progress_note, '')
