,
-- Who bears which part of what the state gives: one row for each payer, adding up to the fen.
-- A share of the part of the sum between two bounds, fixed sums in their order, and the rest. What is
-- left of a fen goes to the payers whose parts were cut most, the earlier one first among equals.
to_share as (
    select place, profile, policy_id, 'subsidy' as item, subsidy_amount as amount
    from answer where subsidy_amount > 0
    union all
    select place, profile, policy_id, 'proxy', proxy_amount from answer where proxy_amount > 0
    union all
    select n.place, n.profile, n.policy_id, r.part, r.value
    from answer n
    join ruling r on r.profile = n.profile and r.subject = 'benefit'
    where r.value > 0
),
\i policies/sql/shares_of.sql
