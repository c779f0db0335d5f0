-- 缺报、迟报和连续未报
-- param: submitter: unit: 填报单位
select submitter, form_title, due, on_time, late, missing, rejected, missing_in_a_row, not_on_time_in_a_row, newest_period, newest_state
from mart.return_state
where (missing > 0 or late > 0 or newest_state in ('missing', 'rejected')) and ($submitter is null or submitter = $submitter)
order by missing_in_a_row desc, missing desc, submitter_seq, form
