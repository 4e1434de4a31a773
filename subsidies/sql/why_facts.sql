-- Everything that one person's answer for a year rests on: a row for each scheme they have joined.
select e.scheme_id, s.name as scheme_name, e.status, e.started_on, e.registered_tier,
       v.id as policy_id, v.version, v.several_identities,
       coalesce(nullif(v.document_no, ''), v.document_title) as document,
       (select max(t.tier_amount) from contributions_effectivetransfer t
        where t.county_code = e.county_code and t.year = %(year)s - 1
          and t.resident_id = e.resident_id and t.scheme_id = e.scheme_id
          and t.kind = 'normal' and t.source = 'own') as last_tier,
       coalesce(n.years_paid or n.steps_by_years or n.years_back or n.years_subsidised
                or n.years_running or n.steps_by_running or n.capped, false) as needs_history,
       (select jsonb_agg(jsonb_build_object(
                   'number', t.id, 'amount', t.amount::text, 'tier', t.tier_amount::text,
                   'kind', t.kind, 'source', t.source, 'paid_on', t.paid_on,
                   'subsidy', g.amount::text, 'decided', g.is_decided,
                   'article', r.source_article, 'policy_id', r.policy_id, 'version', pv.version)
               order by t.paid_on, t.id)
        from contributions_effectivetransfer t
        left join subsidies_entitlement g
          on g.county_code = t.county_code and g.year = t.year and g.transfer_id = t.id
        left join policies_rule r on r.id = g.rule_id
        left join policies_policyversion pv on pv.id = r.policy_id
        where t.county_code = e.county_code and t.year = %(year)s
          and t.resident_id = e.resident_id and t.scheme_id = e.scheme_id) as payments,
       (select jsonb_agg(jsonb_build_object(
                   'identity', i.identity, 'grade', i.grade, 'valid_from', i.valid_from,
                   'valid_to', i.valid_to) order by i.valid_from, i.identity)
        from enrollment_specialidentity i
        where i.county_code = e.county_code and i.resident_id = e.resident_id
          and i.valid_from <= make_date(%(year)s, 12, 31)
          and coalesce(i.valid_to, 'infinity') >= make_date(%(year)s, 1, 1)) as identities,
       -- What the state may pay in somebody's place: what is added to that is asked beside the rest.
       (select jsonb_agg(distinct coalesce(r.standard_amount,
                                           coalesce(r.base_amount, 0)
                                           + coalesce(r.rate * r.of_amount, 0)
                                           + coalesce(r.own_amount, 0))::numeric(12, 2)::text)
        from policies_rule r
        where r.policy_id = v.id and r.subject = 'proxy' and r.decided) as proxy_sums,
       (select jsonb_agg(jsonb_build_object('id', t.id, 'article', t.source_article))
        from policies_tier t where t.policy_id = v.id) as tiers,
       (select jsonb_agg(jsonb_build_object('kind', r.kind, 'number', r.number,
                                            'article', r.source_article))
        from policies_eligibilityrule r
        where r.policy_id = v.id
          and (r.kind = 'min_age'
               or r.kind = 'under_age' and r.number = policies_end_age(
                      enrollment_end_ages(v.county_code, v.scheme_id, v.year, null), p.sex, p.id))
       ) as ages,
       (select jsonb_agg(jsonb_build_object('id', w.id, 'kind', w.kind, 'from_on', w.from_on,
                                            'to_on', w.to_on, 'article', w.source_article)
                         order by w.from_on)
        from policies_window w where w.policy_id = v.id) as windows
from enrollment_enrolment e
join policies_scheme s on s.id = e.scheme_id
join enrollment_resident p on p.id = e.resident_id
left join policies_in_force f
  on f.county_code = e.county_code and f.scheme_id = e.scheme_id and f.year = %(year)s
left join policies_policyversion v on v.id = f.policy_id
left join policies_needs n on n.policy_id = v.id
where e.county_code = %(county_code)s and e.resident_id = %(resident_id)s
order by e.scheme_id
