-- One row per run and return received by its known-at time: whether it is accepted, superseded, counted, and a ledger's place in the row of ledgers (1 = newest).
-- grain: zone, as_of, known_at, return_id
-- check: counted_is_accepted: not is_counted or is_accepted
-- For people, and for the ledgers before the one that counts. Figures read core.counted_return; known_as_counted holds the two together.
with corrected as (
    select
        r.*,
        count(case when stands then 1 end) over (
            partition by zone, as_of, known_at, submitter, form, period
            order by received_no
            rows between 1 following and unbounded following) > 0 as is_superseded
    from core.received_return as r
),
judged as (
    select
        corrected.*,
        coalesce(mode = 'ledger', false) and stands and not is_superseded and not is_cleared as is_ledger_state
    from corrected
),
placed as (
    select
        judged.*,
        row_number() over (
            partition by zone, as_of, known_at, submitter, form, is_ledger_state
            order by cutoff_no desc) as place
    from judged
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
