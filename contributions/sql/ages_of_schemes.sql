-- From which age each scheme takes no more money from whom, by the policy in force; in the order of the schemes given.
select array_agg(enrollment_end_ages(%(county_code)s, t.scheme_id, %(year)s, t.end_age)::text order by t.place)
       as ages_of_schemes
from unnest(%(scheme_ids)s::smallint[], %(end_ages)s::int[]) with ordinality as t (scheme_id, end_age, place);
