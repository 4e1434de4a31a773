-- What kinds of rows stand in `judged`, some rows of a file, and whose they are: steps that are nobody's business are left
-- out, and what these people paid is looked up by an index.
select coalesce(bool_or(verdict = 'E05'), false) as without_tier,
       coalesce(bool_or(verdict = 'E03'), false) as unknown,
       coalesce(bool_or(proxy_only), false) as proxy,
       coalesce(bool_or(is_refund), false) as refund,
       coalesce(bool_or(is_back), false) as back,
       coalesce(array_agg(distinct resident_id) filter (where resident_id is not null), '{}') as resident_ids
from judged;
