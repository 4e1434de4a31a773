-- One person more is to pay in a scheme, if of the age to pay; nobody counts the county for that.
insert into enrollment_payablecounter as c (county_code, village_code, scheme_id, people)
select %(county_code)s, %(village_code)s, %(scheme_id)s, 1
where %(born_on)s::date + interval '16 years' <= %(today)s
  and %(born_on)s::date + interval '60 years' > %(today)s
on conflict (county_code, village_code, scheme_id) do update
set people = c.people + 1;
