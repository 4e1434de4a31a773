-- Bring known people up to what the roster says; what it leaves empty stays, and a phone or
-- account that stands sealed already was left out when the row was read. Whoever is
-- registered by this very import is new, not changed.
with said as (
    select s.id as row_id, r.id,
           s.village_code,
           case
               when s.group_name is not null then coalesce(g.code, '')
               when s.village_code = r.village_code then r.group_code
               else ''
           end as group_code,
           case
               when s.household_number is not null then coalesce(h.merged_into_id, h.id)
               when s.village_code = r.village_code then r.household_id
           end as household_id,
           case when s.phone is null then r.phone else s.phone end as phone,
           case when s.phone is null then r.phone_index else s.phone_index end as phone_index,
           case when s.phone is null then r.phone_last4 else s.phone_last4 end as phone_last4,
           coalesce(r.bank_account, s.bank_account) as bank_account,
           case when r.bank_account is null and s.bank_account is not null
                then s.bank_index else r.bank_index end as bank_index,
           -- A death waits for a second person (hold_deaths).
           case when s.life_status = 'dead' then r.life_status
                else coalesce(s.life_status, r.life_status) end as life_status,
           coalesce(s.other_cover, r.other_cover) as other_cover,
           coalesce(s.hukou, r.hukou) as hukou
    from enrollment_rosterrow s
    join enrollment_resident r on r.county_code = %(county_code)s and r.id_index = s.id_index
    left join townships_area g
        on g.parent_id = s.village_code and g.level = 4 and g.name = s.group_name
    left join enrollment_household h
        on h.county_code = %(county_code)s
        and h.village_code = s.village_code
        and h.number = s.household_number
    where s.roster_id = %(roster_id)s and not s.is_further and r.registered_at < %(loaded_at)s
),
changed as (
    update enrollment_resident r
    set village_code = s.village_code,
        group_code = s.group_code,
        household_id = s.household_id,
        phone = s.phone,
        phone_index = s.phone_index,
        phone_last4 = s.phone_last4,
        bank_account = s.bank_account,
        bank_index = s.bank_index,
        life_status = s.life_status,
        other_cover = s.other_cover,
        hukou = s.hukou,
        changed_at = %(loaded_at)s
    from said s
    where r.id = s.id
      and (r.village_code, r.group_code, r.household_id, r.phone_index, r.bank_index,
           r.life_status, r.other_cover, r.hukou)
          is distinct from
          (s.village_code, s.group_code, s.household_id, s.phone_index, s.bank_index,
           s.life_status, s.other_cover, s.hukou)
    returning s.row_id
)
update enrollment_rosterrow t
set is_change = true
from changed c
where t.id = c.row_id;
