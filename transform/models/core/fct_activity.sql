-- One row per visit, meeting or event of 走访与会议记录 that counts and was held within the window of the run.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
-- check: within_window: own_on <= as_of
select
    t.zone, c.as_of, c.known_at, t.return_id, t.sheet, t.row_no, t.key_text,
    coalesce(s.name, c.submitter) as submitter, c.submitter as submitter_code, c.period, t.held_on as own_on,
    t.activity_type, t.held_on, t.leaders, t.target, t.subject, t.resolutions
from stg.activity as t
join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id and c.form = 'activity'
left join core.dim_submitter as s on s.zone = t.zone and s.code = c.submitter
where t.held_on >= c.from_on and t.held_on <= c.as_of
