-- What some areas gained in the month of a day up to that day, and in the same days a year before; people and yuan.
select area_code as code,
       coalesce(sum(people) filter (where day between %(first)s and %(day)s), 0) as month,
       coalesce(sum(amount) filter (where day between %(first)s and %(day)s), 0) as month_amount,
       coalesce(sum(people) filter (where day between %(first_before)s and %(day_before)s), 0) as month_before
from contributions_paidday
where county_code = %(county_code)s and scheme_id = %(scheme_id)s and area_code = any(%(codes)s)
  and (year = %(year)s and day between %(first)s and %(day)s
       or year = %(year)s - 1 and day between %(first_before)s and %(day_before)s)
  and (%(counts_proxy)s or source = 'own')
group by area_code;
