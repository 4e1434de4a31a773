-- The policy by which a county collects in a scheme and year.
select policy_id from policies_in_force
where county_code = %(county_code)s and scheme_id = %(scheme_id)s and year = %(year)s;
