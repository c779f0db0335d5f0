-- One row per enterprise and institution of 融资对接台账, largest grant first in lists (授信, 放款).
-- grain: zone, as_of, known_at, return_id, sheet, row_no
select
    zone, as_of, known_at, submitter, enterprise, institution, status, requested_amount,
    case when is_granted then granted_amount end as granted_amount, granted_on, lent_amount, is_granted,
    return_id, sheet, row_no
from core.fct_financing
