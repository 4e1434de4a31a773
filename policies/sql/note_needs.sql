-- Keep what this version asks of people, so that a question need not look through its conditions.
insert into policies_needs
select * from policies_needs_of where policy_id = %(policy)s
