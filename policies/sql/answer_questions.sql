\i policies/sql/questions.sql
\i policies/sql/answers.sql
\i policies/sql/shares.sql
\i policies/sql/pension_ages.sql
\i policies/sql/windows.sql
\i policies/sql/benefits.sql
\i policies/sql/back_dues.sql
select q.place, n.policy_id, n.tier_id, n.tier_number, n.tier_amount, n.subsidy_amount,
       n.subsidy_rule_id, coalesce(n.added_rule_ids, array[]::bigint[]) as added_rule_ids,
       coalesce(n.cap_rule_ids, array[]::bigint[]) as cap_rule_ids, n.decided,
       n.proxy_rule_id, n.proxy_amount, n.own_amount, n.proxy_tier_amount, n.proxy_decided,
       n.is_after_own, a.chosen_amount, a.chosen_how,
       case when n.proxy_rule_id is not null and n.proxy_decided then n.own_amount
            else a.chosen_amount end as due_amount,
       greatest(0, case when n.proxy_rule_id is not null and n.proxy_decided then n.own_amount
                        else a.chosen_amount end - coalesce(a.earlier_same, 0)) as left_to_pay,
       w.is_payable, w.is_in_range, w.is_concentrated, w.window_ids,
       (select jsonb_agg(jsonb_build_object('item', s.item, 'payer', s.payer, 'amount', s.amount,
                                            'rule_id', s.rule_id) order by s.item, s.rule_id)
        from share s where s.place = q.place) as shares,
       (select jsonb_agg(jsonb_build_object('part', b.part, 'amount', b.amount, 'decided', b.decided,
                                            'is_once', b.is_once,
                                            'rule_ids', b.rule_ids) order by b.rule_ids)
        from benefit b where b.place = q.place) as benefits,
       (select jsonb_build_object('way', b.way, 'years', b.years, 'lump', b.lump,
                                  'most_years', case when b.way = 'none' then 0 else b.most_years end,
                                  'may_top_up', b.may_top_up, 'rule_ids', b.rule_ids)
        from back_due b where b.place = q.place) as back_due,
       (select jsonb_object_agg(r.part, jsonb_build_object('value', r.value, 'rule_id', r.rule_id))
        from ruling r where r.profile = n.profile and r.subject = 'aid') as aid
from question q
left join asked a on a.place = q.place
left join answer n on n.place = q.place
left join window_answer w on w.place = q.place
order by q.place
