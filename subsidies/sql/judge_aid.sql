-- Say of each line of a list whom it means and what stands against it; the first reason that holds is named. The cap is one for
-- collective aid and donations together, per person and year. Of a person named twice the first line counts.
with asked as (
    select l.id, l.amount, r.id as resident_id, r.village_code, r.name_key = l.name_key as same_name,
           r.life_status = 'alive' and e.id is not null as is_enrolled,
           row_number() over (partition by l.id_index order by l.row_number, l.id) as turn
    from subsidies_aidline l
    left join enrollment_resident r on r.county_code = l.county_code and r.id_index = l.id_index
    left join enrollment_enrolment e on e.resident_id = r.id and e.county_code = l.county_code
         and e.scheme_id = %(scheme_id)s and e.status = 'active'
    where l.list_id = %(list_id)s
),
before as (
    select t.resident_id, sum(t.amount) as amount
    from contributions_standingaid t
    where t.county_code = %(county_code)s and t.year = %(year)s and t.scheme_id = %(scheme_id)s
      and t.resident_id in (select resident_id from asked)
    group by t.resident_id
)
update subsidies_aidline l
set resident_id = a.resident_id,
    village_code = coalesce(a.village_code, ''),
    paid_before = coalesce(b.amount, 0),
    held = case
        when a.amount is null or a.amount <= 0 then 'bad_sum'
        when a.resident_id is null then 'nobody'
        when not a.same_name then 'other_name'
        when not a.is_enrolled then 'not_enrolled'
        when a.turn > 1 then 'twice'
        when a.amount + coalesce(b.amount, 0) > %(cap)s then 'over_cap'
        else ''
    end
from asked a
left join before b on b.resident_id = a.resident_id
where l.id = a.id
