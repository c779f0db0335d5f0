-- One row per contradiction between returns that count (数据打架): kind, what it is about, what one says and what the other says.
-- grain: zone, as_of, known_at, kind, subject, a_return_id, a_sheet, a_row_no, b_return_id, b_sheet, b_row_no
select
    zone, as_of, known_at, kind, subject, a_submitter, a_says, a_return_id, a_sheet, a_row_no,
    b_submitter, b_says, b_return_id, b_sheet, b_row_no
from core.conflict_item
union all
select
    zone, as_of, known_at, kind, subject, a_submitter, a_says, a_return_id, a_sheet, a_row_no,
    b_submitter, b_says, b_return_id, b_sheet, b_row_no
from core.conflict_firm
union all
select
    zone, as_of, known_at, kind, subject, a_submitter, a_says, a_return_id, a_sheet, a_row_no,
    b_submitter, b_says, b_return_id, b_sheet, b_row_no
from core.conflict_payment
union all
select
    zone, as_of, known_at, kind, subject, a_submitter, a_says, a_return_id, a_sheet, a_row_no,
    b_submitter, b_says, b_return_id, b_sheet, b_row_no
from core.conflict_roster
