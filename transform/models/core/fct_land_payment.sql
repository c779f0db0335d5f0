-- One row per instalment of 土地款缴返台账 that counts, with the working days from payment to return.
-- grain: zone, as_of, known_at, return_id, sheet, row_no
-- incremental: return_id
with timed as (
    select
        t.zone, c.as_of, c.known_at, t.return_id, t.sheet, t.row_no, t.key_text, c.submitter as submitter_code, c.period,
        t.enterprise, t.enterprise_folded, t.instalment, t.due_amount, t.paid_amount, t.paid_on, t.refunded_amount, t.refunded_on,
        coalesce(t.paid_on is not null and t.paid_amount > 0, false) as is_paid,
        coalesce(t.paid_on is not null and t.paid_amount > 0 and t.refunded_amount >= t.paid_amount, false) as is_refunded,
        refund.workday_no - payment.workday_no as workdays_to_refund,
        yesterday.workday_no - payment.workday_no as workdays_until_yesterday,
        payment.workday_no as paid_workday_no
    from stg.land_payment as t
    join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id and c.form = 'land_payment'
    left join ctl.calendar as payment on payment.zone = t.zone and payment.day = t.paid_on
    left join ctl.calendar as refund on refund.zone = t.zone and refund.day = t.refunded_on
    left join ctl.calendar as yesterday on yesterday.zone = t.zone and yesterday.day = cast(c.as_of - interval '1' day as date)
)
select
    i.zone, i.as_of, i.known_at, i.return_id, i.sheet, i.row_no, i.key_text,
    coalesce(s.name, i.submitter_code) as submitter, i.submitter_code, i.period, i.paid_on as own_on,
    i.enterprise, i.enterprise_folded, i.instalment, i.due_amount, i.paid_amount, i.paid_on, i.refunded_amount, i.refunded_on,
    i.is_paid, i.is_refunded, i.workdays_to_refund,
    coalesce(i.is_refunded and i.workdays_to_refund <= 15, false) as is_refunded_on_time,
    i.is_refunded or coalesce(i.is_paid and i.workdays_until_yesterday >= 15, false) as is_refund_settled,
    last_day.day as refund_due_on
from timed as i
left join core.dim_submitter as s on s.zone = i.zone and s.code = i.submitter_code
left join ctl.calendar as last_day on last_day.zone = i.zone and last_day.is_workday and last_day.workday_no = i.paid_workday_no + 15
