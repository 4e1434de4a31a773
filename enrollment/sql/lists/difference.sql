-- Where a department's list and the registry differ today (M41): named by the list and not held, held
-- with another grade, held and not named. No row at all is the zero-difference report.
with listed as (
    select distinct on (p.id_index, p.identity) p.*
    from enrollment_listedperson p
    where p.list_id = %(list_id)s
    order by p.id_index, p.identity, p.id
),
held as (
    select distinct on (i.resident_id, i.identity) i.*
    from enrollment_specialidentity i
    where i.county_code = %(county_code)s
      and i.identity = any(%(identities)s)
      and i.valid_from <= %(day)s
      and coalesce(i.valid_to, 'infinity') >= %(day)s
    order by i.resident_id, i.identity, i.valid_from desc
),
compared as (
    select l.row_number, coalesce(r.name, l.name) as name, l.name as listed_name, l.id_shown,
           coalesce(h.identity, l.identity) as identity, l.grade, h.grade as held_grade,
           coalesce(r.id, l.resident_id) as resident_id,
           coalesce(r.village_code, l.village_code) as village_code,
           case when l.id is null then 'only_held'
                when l.resident_id is null then 'unknown'
                when l.verdict = 'other_name' then 'other_name'
                when h.id is null then 'only_listed'
                when l.grade is distinct from h.grade then 'other_grade'
           end as difference
    from listed l
    full join held h on h.resident_id = l.resident_id and h.identity = l.identity
    left join enrollment_resident r on r.id = coalesce(h.resident_id, l.resident_id)
    where l.valid_to is null or l.valid_to >= %(day)s or h.id is not null
)
select *
from compared
where difference is not null and starts_with(village_code, %(area_code)s)
order by difference, row_number, resident_id;
