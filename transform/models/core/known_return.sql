-- One row per run and return received by its known-at time: whether it is accepted, superseded, counted, and a ledger's place in the row of ledgers (1 = newest).
-- grain: zone, as_of, known_at, return_id
-- check: counted_is_accepted: not is_counted or is_accepted
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
received as (
    select
        r.zone, c.as_of, c.known_at, c.from_on, r.return_id, r.arrival, r.submitter, r.form, r.mode, r.period,
        r.period_start, r.period_end, r.cutoff, r.status, r.is_nil, r.received_at, r.due_at,
        r.rows_loaded, r.rows_refused, r.values_emptied, d.kind as decision,
        case
            when d.kind = 'withdraw' then false
            when d.kind = 'accept' then r.status <> 'duplicate'
            else r.status in ('accepted', 'accepted_with_warnings', 'partially_accepted')
        end as is_accepted,
        coalesce(r.mode = 'ledger' and r.received_at <= x.cleared_at, false) as is_cleared,
        coalesce(c.as_of > s.until_on, false) as is_after_until
    from raw.return as r
    join ctl.run as c on r.received_at <= c.known_at
    left join decided as d
        on d.zone = r.zone and d.as_of = c.as_of and d.known_at = c.known_at and d.return_id = r.return_id and d.n = 1
    left join cleared as x
        on x.zone = r.zone and x.as_of = c.as_of and x.known_at = c.known_at and x.submitter = r.submitter and x.form = r.form
    left join core.dim_submitter as s on s.zone = r.zone and s.code = r.submitter
),
-- a nil return means «nothing new»: it neither counts nor supersedes
standing as (
    select
        received.*,
        coalesce(is_accepted and cutoff <= as_of and not is_nil, false) as stands
    from received
),
corrected as (
    select
        standing.*,
        count(case when stands then 1 end) over (
            partition by zone, as_of, known_at, submitter, form, period
            order by received_at, arrival, return_id
            rows between 1 following and unbounded following) > 0 as is_superseded
    from standing
),
placed as (
    select
        corrected.*,
        mode = 'ledger' and stands and not is_superseded and not is_cleared as is_ledger_state,
        row_number() over (
            partition by zone, as_of, known_at, submitter, form, mode = 'ledger' and stands and not is_superseded and not is_cleared
            order by cutoff desc, received_at desc, arrival desc, return_id desc) as place
    from corrected
)
select
    zone, as_of, known_at, from_on, return_id, arrival, submitter, form, mode, period, period_start, period_end,
    cutoff, status, is_nil, received_at, due_at, rows_loaded, rows_refused, values_emptied, decision,
    is_accepted, stands, is_superseded, is_cleared,
    case when is_ledger_state then place end as ledger_no,
    case
        when mode = 'ledger' then is_ledger_state and place = 1 and not is_after_until
        else stands and not is_superseded
    end as is_counted
from placed
