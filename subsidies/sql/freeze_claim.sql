-- The list of a claim: every payment whose subsidy counts and was not asked for, and every one that
-- was asked for and no longer counts. Nothing that an earlier claim says is touched.
-- Years before the claim's own are looked at again only where a claim was made for them.
with asked_before as materialized (
    select l.year, l.transfer_id, sum(l.people) as people
    from subsidies_claimline l
    join subsidies_subsidyclaim c on c.id = l.claim_id and c.state <> 'withdrawn'
    where l.county_code = %(county_code)s and c.scheme_id = %(scheme_id)s and c.id <> %(claim_id)s
    group by l.year, l.transfer_id
),
counts as materialized (
    select t.*, e.amount as standard, e.is_decided, r.policy_id
    from subsidies_entitlement e
    join contributions_effectivetransfer t
        on t.county_code = e.county_code and t.year = e.year and t.id = e.transfer_id
    left join policies_rule r on r.id = e.rule_id
    where e.county_code = %(county_code)s and e.scheme_id = %(scheme_id)s
      and (e.year = %(year)s or e.year < %(year)s and e.year in (select year from asked_before))
      and (e.amount > 0 or not e.is_decided)
),
standing as materialized (
    select c.*
    from counts c
    left join asked_before b on b.year = c.year and b.transfer_id = c.id
    where coalesce(b.people, 0) = 0 and c.paid_on <= %(until)s
),
\i subsidies/sql/standing_with_shares.sql
,
given_back as materialized (
    select distinct on (l.year, l.transfer_id) l.*
    from subsidies_claimline l
    join asked_before b on b.year = l.year and b.transfer_id = l.transfer_id and b.people > 0
    where l.county_code = %(county_code)s and l.people = 1 and l.year <= %(year)s
      and not exists (select from counts c where c.year = l.year and c.id = l.transfer_id)
    order by l.year, l.transfer_id, l.claim_id desc
)
insert into subsidies_claimline (
    county_code, claim_id, year, transfer_id, resident_id, village_code, tier_amount, people,
    standard, amount, is_decided, shares
)
select %(county_code)s, %(claim_id)s, s.year, s.id, s.resident_id, s.village_code,
       coalesce(s.tier_amount, s.amount), 1, s.standard, s.standard, s.is_decided,
       coalesce(o.shares, '{}')
from standing s
left join share_of o on o.id = s.id
union all
select %(county_code)s, %(claim_id)s, year, transfer_id, resident_id, village_code, tier_amount, -1,
       standard, -standard, is_decided, shares
from given_back
on conflict do nothing
