-- Warn of a bank account that differs from the one on record, which is kept: an account is
-- changed by a reviewed change of information, never by a file.
insert into enrollment_rosterfault (
    roster_id, sheet_number, row_number, "column", code, detail, is_warning
)
select %(roster_id)s, s.sheet_number, s.row_number, 'bank_account', 'other_account', '{}', true
from enrollment_rosterrow s
join enrollment_resident r on r.county_code = %(county_code)s and r.id_index = s.id_index
where s.roster_id = %(roster_id)s
  and not s.is_further
  and r.bank_index <> s.bank_index;
