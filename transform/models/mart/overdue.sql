-- One row per unfinished item of the five ledgers that is past its deadline: who owes what, for how long (超期清单).
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
select
    i.zone, i.as_of, i.known_at, i.form, f.title as form_title, i.lead_unit as unit, coalesce(s.seq, 9999) as unit_seq, i.submitter,
    i.item_no, i.title, i.assigned_on, i.deadline, i.days_overdue,
    i.status, i.progress_note, i.return_id, i.sheet, i.row_no
from core.fct_item as i
left join ctl.form as f on f.form = i.form
left join core.dim_submitter as s on s.zone = i.zone and s.name = i.lead_unit
where i.is_overdue
