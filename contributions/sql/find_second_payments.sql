-- One normal payment a year from each source; a second one waits for somebody to look at it.
-- Own and proxy money may stand side by side (X10), and then count one person: the first row does, unless something else of
-- theirs counts in the year already. Where the policy takes the payments of a year together there may be any number.
with together as (
    select v.scheme_id, v.year
    from policies_in_force v
    join policies_policyversion policy on policy.id = v.policy_id
    where v.county_code = %(county_code)s and v.year in (%(year)s, %(year)s + 1) and policy.combining <> ''
),
normal as (
    select row_no, resident_id, scheme_id, year, proxy_only,
           'E06' = any(waived) or (scheme_id, year) in (select scheme_id, year from together) as may_be_second
    from judged
    where verdict = '' and not is_back and not is_refund
),
paid as (
    select t.resident_id, t.scheme_id, t.year,
           bool_or(t.source = 'own' and t.kind = 'normal') as has_own,
           bool_or(t.source = 'proxy' and t.kind = 'normal') as has_proxy
    from contributions_effectivetransfer t
    where t.county_code = %(county_code)s and t.year in (%(year)s, %(year)s + 1)
      and (%(resident_ids)s is null or t.resident_id = any(%(resident_ids)s::bigint[]))
    group by t.resident_id, t.scheme_id, t.year
),
shared as (
    select resident_id, scheme_id, year, min(row_no) as first_row_no,
           min(row_no) filter (where proxy_only) as first_proxy_row_no,
           min(row_no) filter (where not proxy_only) as first_own_row_no
    from normal
    group by resident_id, scheme_id, year
    having count(*) > 1
),
finding as (
    select normal.row_no,
           paid.resident_id is null and normal.row_no = shared.first_row_no as counts_person,
           not normal.may_be_second and (
               case when normal.proxy_only then paid.has_proxy else paid.has_own end is true
               or normal.row_no > case when normal.proxy_only then shared.first_proxy_row_no
                                       else shared.first_own_row_no end is true
           ) as is_second
    from normal
    left join paid using (resident_id, scheme_id, year)
    left join shared using (resident_id, scheme_id, year)
    where paid.resident_id is not null or shared.resident_id is not null
)
update judged
set verdict = case when finding.is_second then 'E06' else '' end,
    people = case when finding.counts_person then 1 else 0 end
from finding
where finding.row_no = judged.row_no;
