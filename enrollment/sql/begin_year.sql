-- Let the newest choice for this year count where it was made in an earlier one, and nothing else
-- has changed the tier since.
with newest as (
    select distinct on (resident_id, scheme_id)
           county_code, resident_id, scheme_id, amount, former_amount, chosen_at
    from enrollment_tierchoice
    where year = %(year)s
    order by resident_id, scheme_id, id desc
)
update enrollment_enrolment e
set registered_tier = n.amount
from newest n
where n.chosen_at < %(first_moment)s
  and e.county_code = n.county_code
  and e.resident_id = n.resident_id
  and e.scheme_id = n.scheme_id
  and e.registered_tier is not distinct from n.former_amount
  and e.registered_tier is distinct from n.amount;
