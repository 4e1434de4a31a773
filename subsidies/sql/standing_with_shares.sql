-- `standing`, the payments whose subsidies count, with what each payer bears of one: `share_of`.
--
-- Shares are worked out once for each profile and sum, of which there are a few hundred. The version
-- asked is the one that the entitlement was made by.
fed as materialized (
    select * from standing where standard > 0
),
\i subsidies/sql/asked_of_transfers.sql
\i policies/sql/answers.sql
,
answered as materialized (
    select f.id, n.profile, n.policy_id, f.standard
    from fed f
    join answer n on n.place = f.id
),
to_share as materialized (
    select min(id) as place, profile, policy_id, 'subsidy' as item, standard as amount
    from answered
    group by profile, policy_id, standard
),
\i policies/sql/shares_of.sql
,
share_of as materialized (
    select a.id, s.shares
    from answered a
    join to_share t on t.profile = a.profile and t.amount = a.standard
    join (select place, jsonb_object_agg(payer, amount) as shares from share group by place) s
        on s.place = t.place
)
