alter table resident add primary key (id);
create unique index resident_number on resident (id_number);
create index resident_village on resident (village_code, id);
create unique index enrolment_once on enrolment (resident_id, scheme_id);
create index identity_resident on identity (resident_id);
create unique index posted_once on ledger (receipt, resident_id, scheme_id, year, amount)
    where kind in ('normal', 'back');
create index ledger_resident on ledger (resident_id, year);
insert into counter
select year, village_code, scheme_id, count(*), sum(amount) from ledger group by 1, 2, 3;
