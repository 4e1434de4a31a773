-- From which age a scheme takes no more money, by sex and for those whose age is another.
select enrollment_end_ages(%(county_code)s, %(scheme_id)s::int, %(year)s, %(end_age)s::int)::text as ages
