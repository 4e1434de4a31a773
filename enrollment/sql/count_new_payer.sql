-- One person more is to pay in a scheme, if of the age to pay; nobody counts the county for that.
insert into enrollment_payablecounter as c (county_code, village_code, scheme_id, people)
select %(county_code)s, %(village_code)s, %(scheme_id)s, 1
where %(born_on)s::date + make_interval(years => %(first_age)s::int) <= %(today)s
  and coalesce(%(born_on)s::date + make_interval(years => policies_end_age(
          enrollment_end_ages(%(county_code)s, %(scheme_id)s::int,
             extract(year from %(today)s::date)::int, %(end_age)s::int), %(sex)s, %(person)s)) > %(today)s, true)
on conflict (county_code, village_code, scheme_id) do update
set people = c.people + 1;
