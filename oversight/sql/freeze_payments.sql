-- What a payment notice says: everybody whose own payments of the year, up to the period's end, add up to
-- another sum than the one last published of them. So nobody who paid late falls between two notices, and
-- nobody stands on the wall twice for the same money. What the government pays for somebody is not here.
with paid as (
    select t.resident_id, sum(t.amount) as amount, max(t.paid_on) as paid_on
    from contributions_effectivetransfer t
    where t.county_code = %(county_code)s and t.year = %(year)s and t.scheme_id = %(scheme_id)s
      and t.source = 'own' and t.paid_on <= %(period_end)s
    group by t.resident_id
),
published as (
    select distinct on (l.resident_id) l.resident_id, l.amount
    from oversight_noticeline l
    join oversight_noticesheet s on s.id = l.sheet_id
    join oversight_notice n on n.id = s.notice_id
    where n.county_code = %(county_code)s and n.kind = 'payment' and n.year = %(year)s
      and n.scheme_id = %(scheme_id)s
    order by l.resident_id, n.id desc
),
person as (
    select r.village_code, r.id, r.name, r.initials, r.sex, r.id_last4, r.group_code,
           to_char(r.born_on, 'YYYY') as born_in, paid.amount, paid.paid_on
    from paid
    join enrollment_resident r on r.id = paid.resident_id and r.county_code = %(county_code)s
    left join published on published.resident_id = paid.resident_id
    where r.village_code like %(area_code)s || '%%'
      and published.amount is distinct from paid.amount
),
counted as (
    select person.*, coalesce(area.name, '') as group_name,
           count(*) over (partition by village_code, person.name, id_last4) as alike,
           count(*) over (partition by village_code, person.name, id_last4, group_code) as alike_in_group
    from person
    left join townships_area area on area.code = person.group_code and person.group_code <> ''
),
sheet as (
    insert into oversight_noticesheet
        (notice_id, county_code, village_code, village_name, town_name, hotline, people, amount)
    select %(notice_id)s, %(county_code)s, c.village_code, v.name, t.name, '', count(*), sum(c.amount)
    from counted c
    join townships_area v on v.code = c.village_code
    join townships_area t on t.code = left(c.village_code, 9)
    group by c.village_code, v.name, t.name
    returning id, village_code
)
insert into oversight_noticeline
    (sheet_id, number, resident_id, name, sex, known_by, told_apart_by, amount, paid_on)
select sheet.id,
       row_number() over (partition by sheet.id order by c.initials, c.name, c.group_code, c.id),
       c.id, c.name, c.sex,
       -- A year of birth beside the last four digits would leave some thirty numbers to guess among.
       case when c.alike > 1 and not (c.alike_in_group = 1 and c.group_name <> '') then ''
            else '****' || c.id_last4 end,
       case when c.alike = 1 then ''
            when c.alike_in_group = 1 and c.group_name <> '' then c.group_name
            else c.born_in || ' 年生' end,
       c.amount, c.paid_on
from counted c
join sheet on sheet.village_code = c.village_code;
