-- Let one count of a county's payers follow another: two at once would each miss what the other did.
select pg_advisory_xact_lock(hashtext('payable:' || %(county_code)s));
