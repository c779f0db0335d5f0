-- 数据打架：编号相同、描述相近、一企两码、一码两名、文号重复、花名册与发放表人数不符
-- param: kind: text: 只看一类
select kind, subject, a_submitter, a_says, b_submitter, b_says, a_return_id, a_sheet, a_row_no, b_return_id, b_sheet, b_row_no
from mart.conflict
where $kind is null or kind = $kind
order by kind, subject, a_return_id, a_row_no, a_sheet, b_return_id, b_sheet, b_row_no
