-- What some villages gained in each week (from Monday) up to a day.
select area_code, date_trunc('week', day)::date as week, sum(people)::int as people
from contributions_paidday
where county_code = %(county_code)s and year = %(year)s and scheme_id = %(scheme_id)s
  and area_code = any(%(codes)s) and day between %(first)s and %(day)s
  and (%(counts_proxy)s or source = 'own')
group by 1, 2;
