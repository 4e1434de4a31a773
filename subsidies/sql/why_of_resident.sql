\i subsidies/sql/asked_of_ledger.sql
\i policies/sql/shares.sql
-- One resident's payments of a year, each with what the policy says and the rules that say it.
select t.id as transfer_id, t.kind, t.source, t.amount as paid_amount, t.paid_on, n.policy_id,
       n.tier_number, n.tier_amount, n.subsidy_amount, n.decided, n.proxy_amount, n.own_amount,
       array_remove(array[n.subsidy_rule_id] || n.added_rule_ids || n.cap_rule_ids
                    || n.proxy_rule_id, null) as rule_ids,
       (select jsonb_agg(jsonb_build_object('item', s.item, 'payer', s.payer, 'amount', s.amount,
                                            'rule_id', s.rule_id) order by s.item, s.rule_id)
        from share s where s.place = t.id * 2) as shares
from paid t
left join answer n on n.place = t.id * 2
order by t.paid_on, t.id;
