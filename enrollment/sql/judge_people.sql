-- Judge some people by what is asked of them; one row for each thing that stands against it.
with asked as (
    select a.place, a.scheme_id, a.born_on, a.sex, a.hukou, a.other_cover, a.day, a.schemes,
           decode(a.id_index, 'hex') as id_index, r.id as person
    from jsonb_to_recordset(%(asked)s::jsonb) as a (
        place int, scheme_id int, born_on date, sex text, hukou text, other_cover text, day date,
        schemes int[], id_index text
    )
    left join enrollment_resident r
        on r.county_code = %(county_code)s and r.id_index = decode(a.id_index, 'hex')
),
\i enrollment/sql/eligibility.sql
select v.*, s.short_name as scheme_name, o.short_name as other_name
from verdict v
join policies_scheme s on s.id = v.scheme_id
left join policies_scheme o on o.id = v.other_scheme_id
order by v.place, v.scheme_id, v.kind;
