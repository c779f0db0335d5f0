-- One row per submitter (填报单位): its name, kind and place in 机构序列, and from when to when it is there.
-- grain: zone, code
-- check: named: name is not null
select zone, code, name, kind, seq, since_on, until_on, merged_into
from ctl.submitter
