-- One row per project of 重点民生实事: progress and investment against the share of the year gone by (序时进度).
-- grain: zone, as_of, known_at, return_id, sheet, row_no
select
    p.zone, p.as_of, p.known_at, p.project_no, p.project_name, p.lead_unit, coalesce(s.seq, 9999) as unit_seq, p.street,
    p.planned_investment, p.completed_investment,
    cast(p.completed_investment as double) / nullif(cast(p.planned_investment as double), 0) as invested_rate,
    p.planned_finish_on, p.progress, p.status, p.finished_on, p.is_finished, p.is_overdue, p.days_overdue,
    cast(extract(doy from p.as_of) as double)
        / (date_diff('day', cast(date_trunc('year', p.as_of) as date), cast(date_trunc('year', p.as_of) + interval '1' year as date))) as year_progress,
    p.return_id, p.sheet, p.row_no
from core.fct_livelihood as p
left join core.dim_submitter as s on s.zone = p.zone and s.name = p.lead_unit
