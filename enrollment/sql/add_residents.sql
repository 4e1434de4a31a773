-- Register the people whom the county does not know yet.
insert into enrollment_resident (
    county_code, village_code, group_code, household_id, name, name_key, initials, other_initials,
    pinyin, id_number, id_index, id_last4, born_on, sex, phone, phone_index, phone_last4,
    bank_account, bank_index, life_status, other_cover, hukou, registered_at, changed_at
)
select %(county_code)s, s.village_code, coalesce(g.code, ''),
       coalesce(h.merged_into_id, h.id), s.name, s.name_key, s.initials,
       s.other_initials, s.pinyin, s.id_number, s.id_index, s.id_last4, s.born_on, s.sex, s.phone,
       s.phone_index, coalesce(s.phone_last4, ''), s.bank_account, s.bank_index,
       coalesce(s.life_status, 'alive'), coalesce(s.other_cover, ''),
       coalesce(s.hukou, 'local'), %(loaded_at)s, %(loaded_at)s
from enrollment_rosterrow s
left join townships_area g
    on g.parent_id = s.village_code and g.level = 4 and g.name = s.group_name
left join enrollment_household h
    on h.county_code = %(county_code)s
    and h.village_code = s.village_code
    and h.number = s.household_number
where s.roster_id = %(roster_id)s
  and not s.is_further
  and not exists (
      select
      from enrollment_resident r
      where r.county_code = %(county_code)s and r.id_index = s.id_index
  )
order by s.village_code, s.id;
