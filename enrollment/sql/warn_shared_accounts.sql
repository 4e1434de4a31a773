-- Warn of one bank account on several people (Y74, E19): each should have their own.
with shared as (
    select r.bank_index, count(*) as people
    from enrollment_resident r
    where r.county_code = %(county_code)s and r.bank_index is not null
    group by r.bank_index
    having count(*) > 1
)
insert into enrollment_rosterfault (
    roster_id, sheet_number, row_number, "column", code, detail, is_warning
)
select %(roster_id)s, s.sheet_number, s.row_number, 'bank_account', 'shared_account',
       jsonb_build_object('others', shared.people - 1), true
from enrollment_rosterrow s
join enrollment_resident r
    on r.county_code = %(county_code)s
    and r.id_index = s.id_index
    and r.bank_index = s.bank_index
join shared on shared.bank_index = s.bank_index
where s.roster_id = %(roster_id)s and not s.is_further;
