-- One normal payment a year from each source: the books first, then the first of this file.
insert into removed
select row_no, 'E06'
from (
    select j.row_no,
           row_number() over (partition by j.resident_id, j.scheme_id, j.proxy_only order by j.row_no) > 1
               or exists (
                   select from ledger l
                   where l.resident_id = j.resident_id and l.year = 2021 and l.scheme_id = j.scheme_id
                     and l.kind = 'normal' and (l.source = 'proxy') = j.proxy_only
                     and not exists (
                         select from ledger b where b.resident_id = l.resident_id and b.year = l.year
                           and b.reverses_id = l.id
                     )
               ) as is_second
    from judged j
    where j.base = '' and not j.is_back and not j.is_refund
      and not exists (select from removed where removed.row_no = j.row_no)
) q
where is_second;
