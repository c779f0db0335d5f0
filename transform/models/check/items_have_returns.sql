-- Every item of the ledgers refers to a return that is known and accepted.
-- severity: error
with items as (
    select zone, form, return_id, count(*) as items
    from core.ledger_item
    group by zone, form, return_id
)
select i.zone, i.form, i.return_id, i.items
from items as i
left join core.known_return as r on r.zone = i.zone and r.return_id = i.return_id
where r.return_id is null or not r.is_accepted or r.form <> i.form
