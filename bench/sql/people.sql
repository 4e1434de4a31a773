-- So many made-up people with a payment each; one in ten holds an identity.
drop table if exists bench_person, bench_holding;
create temporary table bench_person as
select n as place, n as person,
       '990100' || lpad((101 + n %% 15)::text, 3, '0') || lpad((201 + n %% 300)::text, 3, '0')
           as area_code,
       date '1962-01-01' + (n * 7919 %% 15000)::int as born_on,
       case n %% 2 when 0 then 'f' else 'm' end as sex,
       (array[200, 200, 200, 300, 500, 1000, 1500, 2000, 3000, 6000])[1 + n %% 10]::numeric(10, 2)
           as amount,
       date '2021-01-01' + (n %% 200)::int as paid_on
from generate_series(1, %(people)s) as n;
create temporary table bench_holding as
select n as person, (array['low_income', 'destitute', 'disabled'])[1 + n / 10 %% 3] as identity,
       case when n / 10 %% 3 = 2 then (1 + n %% 4)::smallint end as grade,
       date '2020-01-01' as valid_from, null::date as valid_to
from generate_series(10, %(people)s, 10) as n;
analyze bench_person;
analyze bench_holding;
