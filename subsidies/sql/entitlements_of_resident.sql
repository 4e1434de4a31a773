-- What stands for one person: entitlements whose payment still counts, with the rule each came from.
select e.year, e.transfer_id, e.county_code, s.name as scheme, e.paid_amount, e.amount, e.is_decided,
       t.kind, t.source, v.document_no, v.document_title, r.source_article
from contributions_effectivetransfer t
join subsidies_entitlement e
    on e.county_code = t.county_code and e.year = t.year and e.transfer_id = t.id
join policies_scheme s on s.id = e.scheme_id
left join policies_rule r on r.id = e.rule_id
left join policies_policyversion v on v.id = r.policy_id
where t.county_code = %(county_code)s and t.resident_id = %(resident_id)s
order by e.year desc, e.transfer_id desc;
