-- How long the open exceptions of an area have been waiting, by their reason.
select code,
       count(*) filter (where days <= 3) as days_3,
       count(*) filter (where days between 4 and 7) as days_7,
       count(*) filter (where days between 8 and 15) as days_15,
       count(*) filter (where days between 16 and 30) as days_30,
       count(*) filter (where days > 30) as longer
from (
    select code, extract(day from %(now)s - opened_at)::int as days
    from contributions_paymentexception
    where county_code = %(county_code)s and year = %(year)s and state = 'open'
      and coalesce(scheme_id, %(scheme_id)s) = %(scheme_id)s
      and area_code like %(area_code)s || '%%'
) waiting
group by code
order by count(*) desc, code;
