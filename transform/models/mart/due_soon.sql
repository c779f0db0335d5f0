-- One row per unfinished item of the five ledgers whose deadline lies within seven days from the as-of date (临期清单).
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
select
    i.zone, i.as_of, i.known_at, i.form, f.title as form_title, i.lead_unit as unit, coalesce(s.seq, 9999) as unit_seq, i.submitter,
    i.item_no, i.title, i.assigned_on, i.deadline, date_diff('day', i.as_of, i.deadline) as days_left,
    i.status, i.progress_note, i.return_id, i.sheet, i.row_no
from core.fct_item as i
left join ctl.form as f on f.form = i.form
left join core.dim_submitter as s on s.zone = i.zone and s.name = i.lead_unit
where i.is_open
    and i.deadline >= i.as_of and i.deadline <= cast(i.as_of + interval '7' day as date)
