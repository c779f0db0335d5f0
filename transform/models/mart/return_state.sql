-- One row per submitter and form: returns that fell due in the run's window, handed in, late, missing, rejected with nothing accepted since (应报 实报 迟报 缺报 退回), and for how long it has handed in nothing, or late, in a row.
-- grain: zone, as_of, known_at, submitter_code, form
-- check: parts_sum_up: due = on_time + late + missing
with due as (
    select *
    from core.fct_obligation
    where is_due and not is_waived
),
last_good as (
    select
        zone, as_of, known_at, submitter_code, form,
        max(case when is_received then due_at end) as received_due_at,
        max(case when is_on_time then due_at end) as on_time_due_at
    from due
    group by zone, as_of, known_at, submitter_code, form
),
-- what was accepted after a return: of its own period, or, where its period could not be told, of its form at all
followed as (
    select
        zone, as_of, known_at, from_on, submitter, form, period, status, is_accepted, period_end, received_at,
        count(case when is_accepted then 1 end) over (
            partition by zone, as_of, known_at, submitter, form, period
            order by received_no
            rows between 1 following and unbounded following) as accepted_after,
        count(case when is_accepted then 1 end) over (
            partition by zone, as_of, known_at, submitter, form
            order by received_no
            rows between 1 following and unbounded following) as accepted_of_form_after
    from core.received_return
),
rejected as (
    select zone, as_of, known_at, submitter, form, count(*) as rejected
    from followed
    where
        status = 'rejected' and not is_accepted and (period_end >= from_on or cast(received_at as date) >= from_on)
        and case when period is null then accepted_of_form_after else accepted_after end = 0
    group by zone, as_of, known_at, submitter, form
)
select
    d.zone, d.as_of, d.known_at, d.submitter, d.submitter_code, coalesce(s.seq, 9999) as submitter_seq, d.form, d.form_title,
    count(*) filter (where d.own_on >= r.from_on) as due,
    count(*) filter (where d.own_on >= r.from_on and d.is_received) as received,
    count(*) filter (where d.own_on >= r.from_on and d.is_on_time) as on_time,
    count(*) filter (where d.own_on >= r.from_on and d.is_received and not d.is_on_time) as late,
    count(*) filter (where d.own_on >= r.from_on and not d.is_received) as missing,
    coalesce(max(j.rejected), 0) as rejected,
    count(*) filter (where g.received_due_at is null or d.due_at > g.received_due_at) as missing_in_a_row,
    count(*) filter (where g.on_time_due_at is null or d.due_at > g.on_time_due_at) as not_on_time_in_a_row,
    max(case when d.is_newest_due then d.period end) as newest_period,
    max(case when d.is_newest_due then d.state end) as newest_state
from due as d
join ctl.run as r on r.as_of = d.as_of and r.known_at = d.known_at
join last_good as g
    on g.zone = d.zone and g.as_of = d.as_of and g.known_at = d.known_at and g.submitter_code = d.submitter_code and g.form = d.form
left join rejected as j
    on j.zone = d.zone and j.as_of = d.as_of and j.known_at = d.known_at and j.submitter = d.submitter_code and j.form = d.form
left join core.dim_submitter as s on s.zone = d.zone and s.code = d.submitter_code
group by d.zone, d.as_of, d.known_at, d.submitter, d.submitter_code, coalesce(s.seq, 9999), d.form, d.form_title
