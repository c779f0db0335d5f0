-- 没有通过检查的数据行：有它们时新的数字不发布，这里列出前100行
-- param: model: text: 只看一个模型或检查（check.parts_sum_up）
select r.model, r.check_name, c.failing, c.predicate, r.row_json
from ctl.check_row as r
join ctl.check_result as c on c.model = r.model and c.check_name = r.check_name
where $model is null or r.model = $model
order by r.model, r.check_name, r.row_json
