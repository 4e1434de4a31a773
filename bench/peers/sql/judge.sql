-- What each row can be asked alone, in one parallel statement into a narrow table nobody logs.
set local default_statistics_target = 10;
analyze raw (row_no);
create unlogged table judged as
select s.row_no,
       s.receipt,
       s.determination,
       s.scheme_id,
       s.year,
       s.amount,
       s.paid_on,
       r.id as resident_id,
       r.village_code,
       t.proxy_only,
       t.subsidy,
       s.is_refund,
       s.is_back and not s.is_refund as is_back,
       s.early is null as is_readable,
       coalesce(s.early, case
           when s.scheme_id is null then 'E15'
           when r.id is null then 'E03'
           when r.name_key <> s.name and r.name_key <> name_of(s.name) then 'E02'
           when s.is_refund then ''
           when e.status is null then 'E03'
           when r.life_status in ('dead', 'moved') or e.status in ('drawing', 'terminated')
               or r.born_on + interval '16 years' > s.paid_on
               or (not s.is_back and r.born_on + interval '60 years' <= s.paid_on) then 'E09'
           when r.life_status <> 'alive' then 'E10'
           when s.year > 2021 then 'E07'
           when s.is_back then ''
           when t.amount is null then 'E05'
           when s.town <> '' and w.town_code is distinct from left(r.village_code, 9) then 'E11'
           else ''
       end) as base
from (
    select c.*,
           c.amount < 0 or c.payment_type = '20' as is_refund,
           c.payment_type in ('31', '32', '33') or c.year < 2021 as is_back,
           case
               when c.tax_state in ('01', '02', '09') then 'S02'
               when c.tax_state = '03' then 'S03'
               when c.scheme_id = 3 then 'S01'
               when c.id_number = '' then 'E01'
               when coalesce(c.amount, 0) = 0 then 'E05'
               when c.year is null then 'E07'
           end as early
    from (
        select row_no, receipt, determination, payment_type, tax_state, btrim(town) as town, name,
               case when id_number ~ '^[0-9]{17}[0-9X]$' then id_number
                    else number_of_18(cleaned_id(id_number)) end as id_number,
               case when item like '%医疗%' then 3 when item like '%补充养老%' then 2
                    when item like '%基本养老%' then 1 end::smallint as scheme_id,
               case when year ~ '^[0-9]{4}(\.0)?$' then left(year, 4)::int end as year,
               case when amount ~ '^-?[0-9]{1,9}(\.[0-9]{1,2})?$' then amount::numeric(12, 2)
                    else amount_of(amount)::numeric(12, 2) end as amount,
               coalesce(case when paid_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then left(paid_on, 10)::date
                             else day_of(paid_on) end, day_of(treasury_on), date '2021-05-01') as paid_on
        from raw
        offset 0  -- keeps each cell from being read again wherever it is asked for
    ) c
) s
left join resident r on r.id_number = s.id_number
left join enrolment e on e.resident_id = r.id and e.scheme_id = s.scheme_id
left join tier t on t.scheme_id = s.scheme_id and t.amount = s.amount
left join town w on w.text = s.town;
analyze judged (row_no, base, is_readable, is_back, is_refund);
