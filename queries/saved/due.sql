-- 今后若干天内到期的未办结事项
-- param: days: int: 天数: 7
-- param: unit: unit: 只看一个牵头单位
select i.unit, i.form, i.item_no, i.title, i.deadline, date_diff('day', i.as_of, i.deadline) as days_left, i.status, i.progress_note
from core.ledger_item as i
where i.is_counted and not i.is_finished and not i.is_long_term
    and date_diff('day', i.as_of, i.deadline) between 0 and $days and ($unit is null or i.unit = $unit)
order by i.deadline, i.unit, i.item_no, i.form, i.title, i.status
