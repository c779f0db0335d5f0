-- One row per instalment of land money that was paid: when its return was due, and whether it came in time.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
select
    zone, as_of, known_at, submitter, enterprise, enterprise_folded, instalment, due_amount, paid_amount, paid_on, refund_due_on,
    refunded_amount, refunded_on, workdays_to_refund, is_refunded, is_refunded_on_time, is_refund_settled,
    case
        when is_refunded_on_time then '按期返还'
        when is_refunded then '逾期返还'
        when is_refund_settled and refunded_amount > 0 then '逾期未足额返还'
        when is_refund_settled then '逾期未返还'
        else '未到期'
    end as standing,
    return_id, sheet, row_no
from core.fct_land_payment
where is_paid
