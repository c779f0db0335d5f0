-- One row per run and return received by its known-at time: what was decided about it, and whether it is accepted and stands.
-- grain: zone, as_of, known_at, return_id
-- check: standing_is_accepted: not stands or is_accepted
-- Joins alone: the weekly history reads it at some two hundred runs, of which it needs few columns. What comes after what is
-- the same at every run, and numbered once.
with decided as (
    select
        zone, as_of, known_at, return_id, kind,
        row_number() over (partition by zone, as_of, known_at, return_id order by seq desc) as n
    from core.decision
    where is_standing and kind in ('accept', 'withdraw')
),
cleared as (
    select zone, as_of, known_at, submitter, form, max(decided_at) as cleared_at
    from core.decision
    where is_standing and kind = 'clear' and effective_on <= as_of
    group by zone, as_of, known_at, submitter, form
),
ordered as (
    select
        r.*,
        row_number() over (partition by zone, submitter, form order by received_at, arrival, return_id) as received_no,
        row_number() over (partition by zone, submitter, form order by cutoff, received_at, arrival, return_id) as cutoff_no
    from raw.return as r
),
received as (
    select
        r.zone, c.as_of, c.known_at, c.from_on, r.return_id, r.arrival, r.submitter, r.form, r.mode, r.period,
        r.period_start, r.period_end, r.cutoff, r.status, r.is_nil, r.received_at, r.due_at,
        r.rows_loaded, r.rows_refused, r.values_emptied, r.received_no, r.cutoff_no, d.kind as decision,
        case
            when d.kind = 'withdraw' then false
            when d.kind = 'accept' then r.status <> 'duplicate'
            else r.status in ('accepted', 'accepted_with_warnings', 'partially_accepted')
        end as is_accepted,
        coalesce(r.mode = 'ledger' and r.received_at <= x.cleared_at, false) as is_cleared,
        coalesce(c.as_of > s.until_on, false) as is_after_until
    from ordered as r
    join ctl.run as c on r.received_at <= c.known_at
    left join decided as d
        on d.zone = r.zone and d.as_of = c.as_of and d.known_at = c.known_at and d.return_id = r.return_id and d.n = 1
    left join cleared as x
        on x.zone = r.zone and x.as_of = c.as_of and x.known_at = c.known_at and x.submitter = r.submitter and x.form = r.form
    left join core.dim_submitter as s on s.zone = r.zone and s.code = r.submitter
)
-- a nil return means «nothing new»: it neither counts nor supersedes
select
    received.*,
    coalesce(is_accepted and cutoff <= as_of and not is_nil, false) as stands
from received
