-- One row per run and return whose rows count: of a ledger form the newest cut-off of each submitter, of a period form every one not superseded.
-- grain: zone, as_of, known_at, return_id
-- The weekly history counts at two hundred runs: the newest cut-off is found first, and only its returns are put in order.
with states as (
    select
        r.zone, r.as_of, r.known_at, r.from_on, coalesce(r.submitter, '') as submitter, coalesce(r.form, '') as form,
        r.cutoff, r.received_at, r.arrival, r.return_id, r.is_after_until
    from core.received_return as r
    left join core.superseded_return as s
        on s.zone = r.zone and s.as_of = r.as_of and s.known_at = r.known_at and s.return_id = r.return_id
    where r.mode = 'ledger' and r.stands and not r.is_cleared and s.return_id is null
),
newest as (
    select zone, as_of, known_at, submitter, form, max(cutoff) as cutoff
    from states
    group by zone, as_of, known_at, submitter, form
),
placed as (
    select
        s.zone, s.as_of, s.known_at, s.from_on, s.return_id, s.is_after_until,
        row_number() over (
            partition by s.zone, s.as_of, s.known_at, s.submitter, s.form
            order by s.received_at desc, s.arrival desc, s.return_id desc) as place
    from states as s
    join newest as n
        on n.zone = s.zone and n.as_of = s.as_of and n.known_at = s.known_at and n.submitter = s.submitter and n.form = s.form
        and n.cutoff = s.cutoff
),
counting as (
    select zone, as_of, known_at, from_on, return_id
    from placed
    where place = 1 and not is_after_until
    union all
    select r.zone, r.as_of, r.known_at, r.from_on, r.return_id
    from core.received_return as r
    left join core.superseded_return as s
        on s.zone = r.zone and s.as_of = r.as_of and s.known_at = r.known_at and s.return_id = r.return_id
    where coalesce(r.mode, '') <> 'ledger' and r.stands and s.return_id is null
)
select
    c.zone, c.as_of, c.known_at, c.from_on, c.return_id, r.submitter, r.form, r.mode, r.period, r.period_start, r.period_end,
    r.cutoff, r.is_nil, r.received_at, r.rows_loaded, r.rows_refused, r.values_emptied
from counting as c
join raw.return as r on r.zone = c.zone and r.return_id = c.return_id
