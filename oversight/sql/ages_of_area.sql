-- Who is to pay and who has not, by band of age, from the last count.
select part, sum(to_pay)::int as to_pay, sum(unpaid)::int as unpaid, max(noted_at) as noted_at
from oversight_peoplecount
where county_code = %(county_code)s and year = %(year)s and scheme_id = %(scheme_id)s
  and kind = 'age' and area_code like %(area_code)s || '%%'
group by part
having sum(to_pay) > 0
order by part;
