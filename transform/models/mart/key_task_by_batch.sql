-- One row per batch of “六个一批”重点任务: tasks, finished, overdue, mean progress.
-- grain: zone, as_of, known_at, batch
select
    zone, as_of, known_at, batch, count(*) as tasks, count(*) filter (where is_finished) as finished,
    count(*) filter (where is_overdue) as overdue,
    cast(sum(progress) as double) / nullif(count(progress), 0) as mean_progress
from core.fct_key_task
group by 1, 2, 3, 4
