-- One row per run and operator's decision made by its known-at time, with whether it stands: undoing takes the last one that stands about the same return, ledger or period back.
-- grain: zone, as_of, known_at, seq
with made as (
    select
        d.zone, c.as_of, c.known_at, d.seq, d.kind, d.return_id, d.submitter, d.form, d.period, d.decided_at, d.effective_on,
        sum(case when d.kind = 'undo' then -1 else 1 end) over (
            partition by d.zone, c.as_of, c.known_at, d.return_id, d.submitter, d.form, d.period
            order by d.seq
            rows between unbounded preceding and current row) as standing
    from raw.decision as d
    join ctl.run as c on d.decided_at <= c.known_at
    where d.kind in ('accept', 'withdraw', 'clear', 'waive', 'undo')
),
-- the fewest that stood at any time after it: a decision stands while it is among them
followed as (
    select
        made.*,
        min(standing) over (
            partition by zone, as_of, known_at, return_id, submitter, form, period
            order by seq
            rows between 1 following and unbounded following) as fewest_after
    from made
)
select
    zone, as_of, known_at, seq, kind, return_id, submitter, form, period, decided_at, effective_on,
    kind <> 'undo' and coalesce(fewest_after >= standing, true) as is_standing
from followed
