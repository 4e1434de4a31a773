-- Take what was repaired into the rows; money, channel and place in the file stay as they first came.
with taken as (
    update contributions_feedrow r
    set id_index = g.id_index, id_last4 = g.id_last4, id_fault = g.id_fault, name = g.name,
        name_key = g.name_key, scheme_id = g.scheme_id, contribution_year = g.contribution_year,
        last_year = g.last_year, payment_type = g.payment_type,
        determination_no = g.determination_no, town_text = g.town_text, natural_key = g.natural_key
    from pg_temp.given g
    where r.county_code = g.county_code and r.year = g.year and r.feed_id = g.feed_id
      and r.row_no = g.row_no and g.row_no = any(%(row_nos)s)
    returning r.row_no, g.name, g.id_last4, g.scheme_id, r.county_code, r.feed_id
)
update contributions_paymentexception x
set name = taken.name, id_last4 = taken.id_last4, scheme_id = taken.scheme_id
from taken
where x.county_code = taken.county_code and x.feed_id = taken.feed_id and x.row_no = taken.row_no;
