-- One row per run, ledger and item of the five ledgers of things to do, this year's earlier ledgers (ledger_no above 1) included.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
with items as (
    select
        zone, return_id, sheet, row_no, problem_no as item_no, description as title, lead_unit as unit, assigned_on as assigned_on,
        deadline as deadline, status, status_means, closed_on as finished_on, progress_note as progress_note
    from stg.problem
    union all
    select
        zone, return_id, sheet, row_no, cast(batch as varchar) || '-' || item_no as item_no, description as title, lead_unit as unit, assigned_on as assigned_on,
        deadline as deadline, status, status_means, resolved_on as finished_on, progress_note as progress_note
    from stg.enterprise_request
    union all
    select
        zone, return_id, sheet, row_no, list_name || ' ' || item_no as item_no, description as title, lead_unit as unit, assigned_on as assigned_on,
        deadline as deadline, status, status_means, closed_on as finished_on, progress_note as progress_note
    from stg.special_item
    union all
    select
        zone, return_id, sheet, row_no, task_no as item_no, task_name as title, lead_unit as unit, cast(null as date) as assigned_on,
        deadline as deadline, status, status_means, cast(null as date) as finished_on, cast(null as varchar) as progress_note
    from stg.key_task
    union all
    select
        zone, return_id, sheet, row_no, project_no as item_no, project_name as title, lead_unit as unit, cast(null as date) as assigned_on,
        planned_finish_on as deadline, status, status_means, finished_on as finished_on, cast(null as varchar) as progress_note
    from stg.livelihood
)
select
    i.zone, r.as_of, r.known_at, r.form, r.submitter as submitter_code, coalesce(s.name, r.submitter) as submitter,
    r.ledger_no, r.is_counted, r.cutoff, i.return_id, i.sheet, i.row_no, i.item_no, i.title,
    coalesce(u.name, i.unit) as unit, i.assigned_on, i.deadline, i.status, i.finished_on, i.progress_note,
    coalesce(i.status_means = 'closed', false) as is_finished,
    coalesce(i.status_means = 'long_term', false) as is_long_term
from items as i
join core.known_return as r
    on r.zone = i.zone and r.return_id = i.return_id and r.ledger_no is not null
    and (r.cutoff >= r.from_on or r.ledger_no <= 3)
left join core.dim_submitter as s on s.zone = r.zone and s.code = r.submitter
left join core.unit_name as u on u.zone = i.zone and u.called = i.unit
