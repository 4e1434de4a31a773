-- The year after the file's, for the schemes whose window for it opens the year before (M19): a row of such
-- a scheme counts for the year that it names. To be put behind a `with`; gives ahead.
ahead as (
    select v.scheme_id, v.year
    from policies_in_force v
    where v.county_code = %(county_code)s and v.year = %(year)s + 1
      and exists (select from policies_window w
                  where w.policy_id = v.policy_id and w.from_on < make_date(v.year, 1, 1))
)
