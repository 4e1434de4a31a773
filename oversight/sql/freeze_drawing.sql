-- What a notice of people who draw says: everybody registered as drawing, or with a first and last day
-- those who reached pension age between them. Known by the month of birth, never by digits of a number.
with person as (
    select r.village_code, r.id, r.name, r.initials, r.sex, r.id_last4, r.group_code,
           to_char(r.born_on, 'YYYY-MM') as born_in
    from enrollment_enrolment e
    join enrollment_resident r on r.id = e.resident_id
    cross join enrollment_end_ages(%(county_code)s, %(scheme_id)s::int, %(year)s, 60) as age (ages)
    where e.county_code = %(county_code)s and e.village_code like %(area_code)s || '%%'
      and e.scheme_id = %(scheme_id)s and e.status = 'drawing' and r.life_status = 'alive'
      and (%(of_age_from)s::date is null
           or r.born_on + make_interval(years => policies_end_age(age.ages, r.sex, r.id)) between %(of_age_from)s::date and %(of_age_to)s::date)
),
counted as (
    select person.*, coalesce(area.name, '') as group_name,
           count(*) over (partition by village_code, person.name, born_in) as alike,
           count(*) over (partition by village_code, person.name, born_in, group_code) as alike_in_group
    from person
    left join townships_area area on area.code = person.group_code and person.group_code <> ''
),
sheet as (
    insert into oversight_noticesheet
        (notice_id, county_code, village_code, village_name, town_name, hotline, people)
    select %(notice_id)s, %(county_code)s, c.village_code, v.name, t.name, '', count(*)
    from counted c
    join townships_area v on v.code = c.village_code
    join townships_area t on t.code = left(c.village_code, 9)
    group by c.village_code, v.name, t.name
    returning id, village_code
)
insert into oversight_noticeline
    (sheet_id, number, resident_id, name, sex, known_by, told_apart_by)
select sheet.id,
       row_number() over (partition by sheet.id order by c.initials, c.name, c.group_code, c.id),
       c.id, c.name, c.sex,
       case when c.alike > 1 and not (c.alike_in_group = 1 and c.group_name <> '') then ''
            else c.born_in end,
       case when c.alike = 1 then ''
            when c.alike_in_group = 1 and c.group_name <> '' then c.group_name
            else '证件尾号 ' || c.id_last4 end
from counted c
join sheet on sheet.village_code = c.village_code;
