-- Find the listed people in the registry. Somebody listed twice with the same identity counts once;
-- another name under one's number is for a person to look at, and so changes nothing.
with numbered as (
    select p.id, r.id as resident_id, r.village_code, r.name_key as known_as,
           row_number() over (partition by p.id_index, p.identity
                              order by p.sheet_number, p.row_number, p.slot) as place
    from enrollment_listedperson p
    left join enrollment_resident r
        on r.county_code = %(county_code)s and r.id_index = p.id_index
    where p.list_id = %(list_id)s
)
update enrollment_listedperson p
set resident_id = n.resident_id,
    village_code = coalesce(n.village_code, ''),
    verdict = case
        when n.resident_id is null then 'unknown'
        when n.place > 1 then 'repeated'
        when n.known_as <> p.name_key then 'other_name'
        else 'same'
    end
from numbered n
where p.id = n.id;
