-- What was known of some places on an evening, and on the last evenings before it that were kept.
select now.area_code, now.task, now.open_exceptions, now.noted_at,
       now.people as everyone, now.proxy_people as proxy, now.amount as yuan,
       now.people - before.people as new, now.proxy_people - before.proxy_people as new_proxy,
       now.people - base.people as recent, now.proxy_people - base.proxy_people as recent_proxy
from oversight_progresssnapshot now
left join oversight_progresssnapshot before
    on (before.county_code, before.year, before.scheme_id, before.area_code)
       = (now.county_code, now.year, now.scheme_id, now.area_code)
    and before.day = %(day_before)s
left join oversight_progresssnapshot base
    on (base.county_code, base.year, base.scheme_id, base.area_code)
       = (now.county_code, now.year, now.scheme_id, now.area_code)
    and base.day = %(recent_after)s
where now.county_code = %(county_code)s and now.year = %(year)s and now.scheme_id = %(scheme_id)s
  and now.area_code = any(%(codes)s) and now.day = %(day)s;
