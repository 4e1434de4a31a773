,
-- What a month's pension is made of, for those asked with kind 'benefit': one row for each item.
benefit as (
    select n.place, r.part, r.value as amount, r.decided,
           exists (select from policies_rule once
                   where once.is_once and once.id = any(r.rule_id || r.added_rule_ids)) as is_once,
           array_remove(array[r.rule_id], null) || r.added_rule_ids as rule_ids
    from answer n
    join ruling r on r.profile = n.profile and r.subject = 'benefit'
)
