-- One row per open problem whose 办理情况 has not changed over three consecutive ledgers (久拖无进展).
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
select
    p.zone, p.as_of, p.known_at, p.unit, coalesce(s.seq, 9999) as unit_seq, p.submitter, p.item_no, p.title,
    p.assigned_on, p.deadline, p.status, p.progress_note, p.since_cutoff,
    date_diff('day', p.since_cutoff, p.as_of) as days_without_progress, p.return_id, p.sheet, p.row_no
from core.stalled_problem as p
left join core.dim_submitter as s on s.zone = p.zone and s.name = p.unit
