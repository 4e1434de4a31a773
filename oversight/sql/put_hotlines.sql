-- Each sheet bears the telephone of its own town, or else of the county.
update oversight_noticesheet s
set hotline = coalesce(
    (select min(c.phone) from townships_areacontact c where c.role = 'hotline' and c.area_id = left(s.village_code, 9)),
    (select min(c.phone) from townships_areacontact c where c.role = 'hotline' and c.area_id = s.county_code), '')
where s.notice_id = %(notice_id)s;
