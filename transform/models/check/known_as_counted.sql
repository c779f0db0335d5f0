-- What core.known_return says counts is what core.counted_return holds, of which every figure is made.
-- severity: error
select coalesce(k.zone, c.zone) as zone, coalesce(k.return_id, c.return_id) as return_id, k.return_id is null as is_only_counted
from (select zone, as_of, known_at, return_id from core.known_return where is_counted) as k
full outer join core.counted_return as c
    on c.zone = k.zone and c.as_of = k.as_of and c.known_at = k.known_at and c.return_id = k.return_id
where k.return_id is null or c.return_id is null
