-- 过期后改期或转为长期推进的事项
-- param: unit: unit: 牵头单位
select unit, form_title, item_no, title, old_deadline, new_deadline, old_status, new_status, old_cutoff, new_cutoff, return_id, sheet, row_no
from mart.moved_deadline
where $unit is null or unit = $unit
order by new_cutoff desc, unit, item_no, return_id, sheet, row_no
