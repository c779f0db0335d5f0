-- Every item of the ledgers refers to a return that is known and accepted.
-- severity: error
select i.zone, i.form, i.return_id, count(*) as items
from core.ledger_item as i
left join core.known_return as r on r.zone = i.zone and r.return_id = i.return_id
where r.return_id is null or not r.is_accepted or r.form <> i.form
group by i.zone, i.form, i.return_id
