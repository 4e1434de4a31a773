-- What a version's conditions and sums ask for.
select * from policies_needs where policy_id = %(policy)s
