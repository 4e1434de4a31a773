-- How many rows were paid on a day that is no payable day of the county: warned of, never refused (X11).
select count(*)
from contributions_feedrow r
join policies_in_force v
    on v.county_code = r.county_code and v.scheme_id = r.scheme_id and v.year = r.year
where r.county_code = %(county_code)s and r.year = %(year)s and r.feed_id = %(feed_id)s
  and r.paid_on is not null
  and exists (select 1 from policies_window w where w.policy_id = v.policy_id and w.kind = 'payable')
  and not exists (
      select 1 from policies_window w
      where w.policy_id = v.policy_id and w.kind = 'payable'
        and r.paid_on between w.from_on and w.to_on
        and extract(day from r.paid_on) between coalesce(w.first_day, 1) and coalesce(w.last_day, 31)
  );
