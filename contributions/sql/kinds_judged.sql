-- What kinds of rows stand in `judged`: a step is left out where nothing is its business.
-- For some rows of a file their people too, so that what they paid is looked up by an index.
select coalesce(bool_or(verdict = 'E05'), false) as without_tier,
       coalesce(bool_or(verdict = 'E03'), false) as unknown,
       coalesce(bool_or(proxy_only), false) as proxy,
       coalesce(bool_or(is_refund), false) as refund,
       coalesce(bool_or(is_back), false) as back,
       case when %(row_nos)s::int[] is not null then array_agg(distinct resident_id) end as resident_ids
from judged;
