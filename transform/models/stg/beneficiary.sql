-- One row per row of 帮扶对象花名册 as loaded.
-- grain: zone, return_id, sheet, row_no
select
    zone, return_id, sheet, row_no, key_text,
    person_name, person_name_hash, id_number, id_number_hash, phone, phone_hash, household_no,
    programme, street, village
from raw.beneficiary
