-- One row per run and return whose rows count: of a ledger form the newest cut-off of each submitter, of a period form every one not superseded.
-- grain: zone, as_of, known_at, return_id
-- Grouped twice and joined once: of its two hundred runs the weekly history would sort three million returns, and an engine
-- that evaluates a model wherever it is named (Trino) reads core.received_return once.
with newest as (
    select
        zone, as_of, known_at, from_on, submitter, form,
        max_by(return_id, received_no) as return_id,
        max_by(cutoff_no, received_no) as cutoff_no,
        max_by(coalesce(mode, '') = 'ledger', received_no) as is_ledger,
        max_by(is_cleared or is_after_until, received_no) as is_over
    from core.received_return
    where stands
    group by zone, as_of, known_at, from_on, submitter, form, period
),
counting as (
    select zone, as_of, known_at, from_on, max_by(return_id, cutoff_no) as return_id
    from newest
    where not (is_ledger and is_over)
    group by zone, as_of, known_at, from_on, submitter, form, case when not is_ledger then return_id end
)
select
    c.zone, c.as_of, c.known_at, c.from_on, c.return_id, r.submitter, r.form, r.mode, r.period, r.period_start, r.period_end,
    r.cutoff, r.is_nil, r.received_at, r.rows_loaded, r.rows_refused, r.values_emptied
from counting as c
join raw.return as r on r.zone = c.zone and r.return_id = c.return_id
