"""Draw up a public notice (公示): who is on it, frozen, one sheet for each village.

    19 March   Lin draws up the first quarter's 缴费信息公示表 for 东湾镇
    李家村      two people called 张桂兰 end in 0011: one is 第 1 组, the other 第 2 组
    2 April    a payment of 15 March arrives; it stands on the next notice

The step `freeze_notice` writes sheets and lines in one statement, whatever the size, and no
identity number is unsealed for it: what tells namesakes apart is in the clear.
"""

import calendar
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.data_age import data_age
from oversight.errors import HotlineMissing, NobodyToPublish, NoticeIsThere
from oversight.models import Notice, NoticeSettings
from oversight.statements import run_statement
from pension_portal.clock import today
from pension_portal.jobs import start_job
from staff.audit import record
from townships.models import Area, AreaContact

MONTHS_A_QUARTER = 3


def period_of(rhythm, day):
    """Return the first and last day of the month or quarter that a day lies in."""
    first, last = day.month, day.month
    if rhythm == NoticeSettings.Rhythm.QUARTER:
        first = day.month - (day.month - 1) % MONTHS_A_QUARTER
        last = first + MONTHS_A_QUARTER - 1
    end = date(day.year, last, calendar.monthrange(day.year, last)[1])
    return date(day.year, first, 1), end


@transaction.atomic
def draw_up_notice(area, kind, *, scheme_id, period, starts_on, days=None, by):
    """Return a new notice of a town or county for a period (first day, last day), its job queued.

    Refuses NoticeIsThere where it or one that holds it was drawn up before, and HotlineMissing.
    """
    first, last = period
    settings = NoticeSettings.of(area.county_code)
    notice = Notice(
        county_code=area.county_code,
        area_code=area.code,
        kind=kind,
        scheme_id=scheme_id,
        year=first.year,
        period_start=first,
        period_end=last,
        data_until=data_age(area.county_code, first.year).until,
        starts_on=starts_on,
        days=max(days or settings.days, settings.days),
        made_by=by,
    )
    _refuse_a_second(notice, area)
    _refuse_without_hotline(area)
    try:
        with transaction.atomic():
            notice.save(force_insert=True)
    except IntegrityError:
        _refuse_a_second(notice, area)
        raise
    notice.job = start_job("notice", notice.pk, county_code=notice.county_code, by=by)
    notice.save(update_fields=["job"])
    record("draw_up_notice", notice, by=by, area_code=area.code, kind=str(kind))
    return notice


def _refuse_a_second(notice, area):
    """Of one period nobody stands on two notices: neither the same nor one around or inside it."""
    same = Notice.objects.filter(
        county_code=notice.county_code,
        kind=notice.kind,
        scheme_id=notice.scheme_id,
        period_start__lte=notice.period_end,
        period_end__gte=notice.period_start,
    )
    for other in same:
        if other.area_code.startswith(area.code) or area.code.startswith(other.area_code):
            raise NoticeIsThere(
                area=Area.objects.get(pk=other.area_code).name,
                period=other.period_words,
                kind=other.get_kind_display(),
                day=timezone.localtime(other.made_at).date(),
            )


def _refuse_without_hotline(area):
    """A town's telephone or the county's must be there before anything is public (Y53)."""
    phones = AreaContact.objects.filter(role=AreaContact.Role.HOTLINE).exclude(phone="")
    if phones.filter(area=area.county_code).exists():
        return
    towns = Area.objects.inside(area.code).towns().in_force_on(today())
    missing = towns.exclude(pk__in=phones.values("area")).values_list("name", flat=True)
    if missing:
        raise HotlineMissing(towns=_("、").join(missing))


def freeze_notice(notice_id, *, by, run):
    """Write what every sheet says, once; refuses NobodyToPublish where there is nothing to say."""
    with run.transaction():
        notice = Notice.objects.select_for_update().get(pk=notice_id)
        if notice.frozen_at:
            return
        values = {
            "notice_id": notice.pk,
            "county_code": notice.county_code,
            "area_code": notice.area_code,
            "scheme_id": notice.scheme_id,
            "year": notice.year,
            "period_end": notice.period_end,
            "of_age_from": None,
            "of_age_to": None,
        }
        if notice.kind == Notice.Kind.NEW_DRAWING:
            values |= {"of_age_from": notice.period_start, "of_age_to": notice.period_end}
        is_payment = notice.kind == Notice.Kind.PAYMENT
        lines = run_statement("freeze_payments" if is_payment else "freeze_drawing", values)
        if not lines:
            raise NobodyToPublish(
                area=Area.objects.get(pk=notice.area_code).name, period=notice.period_words
            )
        run_statement("put_hotlines", {"notice_id": notice.pk})
        notice.frozen_at = timezone.now()
        notice.save(update_fields=["frozen_at"])
