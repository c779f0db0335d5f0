-- One row per submitter (填报单位): its name, kind and place in 机构序列.
-- grain: zone, code
-- check: named: name is not null
select zone, code, name, kind, seq, until_on, merged_into
from ctl.submitter
