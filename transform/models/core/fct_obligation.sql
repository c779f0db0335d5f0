-- One row per run and return of a period begun by then that somebody owes: due by then or not, received, on time, waived.
-- grain: zone, as_of, known_at, submitter_code, form, period
-- check: on_time_is_received: not is_on_time or is_received
-- E (horizon) is the earlier of the end of the as-of date and the known-at time.
with runs as (
    select
        as_of, known_at, from_on,
        case
            when known_at < cast(cast(as_of + interval '1' day as date) as timestamp(6)) then known_at
            else cast(cast(as_of + interval '1' day as date) as timestamp(6))
        end as horizon
    from ctl.run
),
-- what came by a known-at time is the same at every as-of date: the weekly history asks for a hundred dates at one time
times as (
    select known_at, min(as_of) as as_of
    from ctl.run
    group by known_at
),
arrived as (
    select
        r.zone, r.known_at, r.submitter, r.form, r.period,
        min(case when r.is_accepted then r.received_at end) as first_accepted_at,
        count(case when r.status = 'rejected' and not r.is_accepted then 1 end) as rejected
    from core.received_return as r
    join times as t on t.known_at = r.known_at and t.as_of = r.as_of
    group by r.zone, r.known_at, r.submitter, r.form, r.period
),
waived as (
    select zone, as_of, known_at, submitter, form, period
    from core.decision
    where is_standing and kind = 'waive'
    group by zone, as_of, known_at, submitter, form, period
),
-- where a form is owed since the period of its first return, a return of an older period, come later, says so from then on
obliged as (
    select o.zone, c.as_of, c.known_at, c.from_on, c.horizon, o.submitter, o.form, o.mode, o.period, o.period_start, o.period_end, o.due_at
    from ctl.obligation as o
    join runs as c on o.period_start <= c.as_of and coalesce(o.known_from <= c.known_at, true)
),
-- of each submitter and form: the newest due period, and the last that is owed at all
newest_due as (
    select o.zone, o.as_of, o.known_at, o.submitter, o.form, max(case when o.due_at <= o.horizon then o.due_at end) as due_at, max(o.period_end) as last_period_end
    from obliged as o
    group by o.zone, o.as_of, o.known_at, o.submitter, o.form
),
newest as (
    select n.zone, n.as_of, n.known_at, n.submitter, n.form, n.last_period_end, max(o.period) as period
    from newest_due as n
    left join obliged as o on o.zone = n.zone and o.as_of = n.as_of and o.known_at = n.known_at and o.submitter = n.submitter and o.form = n.form and o.due_at = n.due_at
    group by n.zone, n.as_of, n.known_at, n.submitter, n.form, n.last_period_end
),
owed as (
    select
        o.zone, o.as_of, o.known_at, o.from_on, o.horizon, o.submitter as submitter_code, o.form, o.mode, o.period,
        o.period_start, o.period_end, o.due_at, w.zone is not null as is_waived,
        o.due_at <= o.horizon as is_due,
        o.due_at <= o.horizon and o.due_at > o.horizon - interval '7' day as is_due_this_week,
        a.first_accepted_at, coalesce(a.rejected, 0) as rejected,
        o.due_at <= o.horizon and n.period = o.period as is_newest, n.last_period_end,
        case when f.frequency = 'month' then cast(o.as_of - interval '62' day as date) else cast(o.as_of - interval '14' day as date) end as stale_on
    from obliged as o
    left join arrived as a
        on a.zone = o.zone and a.known_at = o.known_at
        and a.submitter = o.submitter and a.form = o.form and a.period = o.period
    left join waived as w
        on w.zone = o.zone and w.as_of = o.as_of and w.known_at = o.known_at
        and w.submitter = o.submitter and w.form = o.form and w.period = o.period
    left join newest as n
        on n.zone = o.zone and n.as_of = o.as_of and n.known_at = o.known_at and n.submitter = o.submitter and n.form = o.form
    left join ctl.form as f on f.form = o.form
),
told as (
    select
        o.*, s.name, f.title,
        -- of a ledger the newest due period of those still obliged
        coalesce(o.is_newest, false) and not coalesce(o.as_of > s.until_on, false)
        and (o.last_period_end > o.period_end or o.period_end >= o.stale_on) as is_ledger_due
    from owed as o
    left join core.dim_submitter as s on s.zone = o.zone and s.code = o.submitter_code
    left join ctl.form as f on f.form = o.form
)
select
    zone, as_of, known_at, coalesce(name, submitter_code) as submitter, submitter_code,
    form, title as form_title, mode, period, period_start, period_end, due_at, cast(due_at as date) as own_on,
    is_waived, is_due, is_due_this_week,
    coalesce(is_newest, false) as is_newest_due,
    first_accepted_at as received_at,
    first_accepted_at is not null as is_received,
    coalesce(first_accepted_at <= due_at, false) as is_on_time,
    rejected,
    -- what the figures of the form wait for: of other forms every due period of the window
    case
        when is_waived or not is_due then false
        when mode = 'ledger' then is_ledger_due
        else period_end >= from_on
    end as is_expected,
    -- what is still to be handed in where it hasn't come: of other forms all that fell due in the window, in January December's
    case
        when is_waived or not is_due then false
        when mode = 'ledger' then is_ledger_due
        else cast(due_at as date) >= from_on
    end as is_awaited,
    case
        when is_waived then 'waived'
        when first_accepted_at <= due_at then 'received'
        when first_accepted_at is not null then 'late'
        when rejected > 0 then 'rejected'
        when not is_due then 'not_due'
        else 'missing'
    end as state
from told
