-- 超期未办结事项，超期最久的在前
-- param: unit: unit: 只看一个牵头单位
-- param: form: form: 只看一种报表
select unit, form_title, item_no, title, deadline, days_overdue, status, progress_note, submitter, return_id, sheet, row_no
from mart.overdue
where ($unit is null or unit = $unit) and ($form is null or form = $form)
order by days_overdue desc, unit, item_no, return_id, sheet, row_no
