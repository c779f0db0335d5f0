-- One row per run and return received by its known-at time: whether it is accepted, superseded, counted, and a ledger's place in the row of ledgers (1 = newest).
-- grain: zone, as_of, known_at, return_id
-- check: counted_is_accepted: not is_counted or is_accepted
-- check: counted_ledger_is_newest: mode <> 'ledger' or not is_counted or ledger_no = 1
with judged as (
    select
        r.*,
        s.return_id is not null as is_superseded,
        c.return_id is not null as is_counted
    from core.received_return as r
    left join core.superseded_return as s
        on s.zone = r.zone and s.as_of = r.as_of and s.known_at = r.known_at and s.return_id = r.return_id
    left join core.counted_return as c
        on c.zone = r.zone and c.as_of = r.as_of and c.known_at = r.known_at and c.return_id = r.return_id
),
placed as (
    select
        judged.*,
        mode = 'ledger' and stands and not is_superseded and not is_cleared as is_ledger_state,
        row_number() over (
            partition by zone, as_of, known_at, submitter, form, mode = 'ledger' and stands and not is_superseded and not is_cleared
            order by cutoff desc, received_at desc, arrival desc, return_id desc) as place
    from judged
)
select
    zone, as_of, known_at, from_on, return_id, arrival, submitter, form, mode, period, period_start, period_end,
    cutoff, status, is_nil, received_at, due_at, rows_loaded, rows_refused, values_emptied, decision,
    is_accepted, stands, is_superseded, is_cleared,
    case when is_ledger_state then place end as ledger_no, is_counted
from placed
