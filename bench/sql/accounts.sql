-- So many made-up people, each with a payment of last year and one of this year; identities as one in ten.
insert into enrollment_resident (
    county_code, village_code, group_code, name, name_key, id_number, id_index, id_last4, born_on, sex,
    phone_last4, life_status, other_cover, registered_at, changed_at
)
select '990100', area_code, '', '甲' || person, '甲' || person, ''::bytea, sha256(person::text::bytea),
       '0000', born_on, sex, '', 'alive', '', now(), now()
from bench_person;
insert into enrollment_specialidentity (
    county_code, resident_id, village_code, identity, grade, valid_from, source_note
)
select '990100', r.id, r.village_code, h.identity, h.grade, h.valid_from, ''
from bench_holding h
join enrollment_resident r on r.name = '甲' || h.person;
insert into contributions_transfer (
    county_code, year, scheme_id, resident_id, village_code, kind, source, from_account, to_account,
    amount, people, tier_amount, paid_on, treasury_on, channel, receipt, natural_key, posted_at
)
select '990100', year, 1, r.id, r.village_code, 'normal', 'own', 'payer', 'personal', p.amount, 1, p.amount,
       p.paid_on - (2021 - year) * 365, p.paid_on - (2021 - year) * 365 + 3, '', '',
       md5(r.id || '|' || year)::uuid, now()
from bench_person p
join enrollment_resident r on r.name = '甲' || p.person
cross join (values (2020), (2021)) as paid (year);
