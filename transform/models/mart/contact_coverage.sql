-- One row per kind of contact and programme: pairs, people in charge, targets they cover.
-- grain: zone, as_of, known_at, contact_type, programme
select
    zone, as_of, known_at, contact_type, programme, count(*) as contacts,
    count(distinct liaison_folded) as liaisons, count(distinct target_folded) as targets
from core.fct_contact
group by 1, 2, 3, 4, 5
