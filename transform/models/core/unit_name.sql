-- One row per name that rows may call a submitter (填报单位) by: its code, its name, its aliases, so a name it had before.
-- grain: zone, called
-- check: named: name is not null
select called_so.zone, called_so.called, max(s.name) as name
from (
    select zone, code as called, code from ctl.submitter
    union all
    select zone, name, code from ctl.submitter
    union all
    select zone, alias, code from ctl.submitter_alias
) as called_so
join ctl.submitter as s on s.zone = called_so.zone and s.code = called_so.code
group by called_so.zone, called_so.called
