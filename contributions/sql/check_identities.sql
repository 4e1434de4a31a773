-- A tier kept for proxy payment needs an identity that the policy pays for, still valid in the year.
with proxy as (
    select row_no, resident_id, scheme_id, tier_amount
    from judged
    where proxy_only and verdict = '' and not is_back and not is_refund
),
held as (
    select proxy.row_no,
           bool_or(s.valid_to is null or s.valid_to >= make_date(%(year)s, 1, 1)) as is_valid
    from proxy
    join policies_in_force v
        on v.county_code = %(county_code)s and v.scheme_id = proxy.scheme_id and v.year = %(year)s
    join policies_proxyrule rule
        on rule.policy_id = v.policy_id and rule.amount = proxy.tier_amount
    join enrollment_specialidentity s
        on s.county_code = %(county_code)s and s.resident_id = proxy.resident_id
        and s.identity = rule.identity
        and (rule.grade_max is null or s.grade <= rule.grade_max)
    group by proxy.row_no
)
update judged
set verdict = case when held.row_no is null then 'E16' when not held.is_valid then 'E17' else '' end
from proxy
left join held using (row_no)
where proxy.row_no = judged.row_no and (held.row_no is null or not held.is_valid);
