-- One row per run and return whose rows count: of a ledger form the newest cut-off of each submitter, of a period form every one not superseded.
-- grain: zone, as_of, known_at, return_id
select
    zone, as_of, known_at, from_on, return_id, submitter, form, mode, period, period_start, period_end,
    cutoff, is_nil, received_at, rows_loaded, rows_refused, values_emptied
from core.known_return
where is_counted
