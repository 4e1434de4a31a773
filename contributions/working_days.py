"""Which days are worked (工作日): weekdays, but for what the county's table of holidays says.

The table is first filled from the State Council's arrangements as the library knows them, and is
the county's to change from then on.
"""

from datetime import date, timedelta

import chinese_calendar
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contributions.models import CalendarDay
from pension_portal.refusals import Refusal
from staff.audit import record

SATURDAY = 5
MOST_DAYS_BACK = 60


class HolidaysUnknown(Refusal):
    code = "holidays_unknown"
    sentence = _("系统里还没有 %(year)s 年的放假安排，按公布的通知逐日登记。")


@transaction.atomic
def fill_year(county_code, year, *, by):
    """Enter the arranged holidays of a year; what the county entered itself stays. Return how many.

    Refuses HolidaysUnknown where the arrangement is not known.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    try:
        found = [day for day in _days(first, last) if _is_special(day)]
    except NotImplementedError as fault:
        raise HolidaysUnknown(year=year) from fault
    made = CalendarDay.objects.bulk_create(
        (
            CalendarDay(
                county_code=county_code,
                day=day,
                is_working=chinese_calendar.is_workday(day),
                words=_name_of(day),
            )
            for day in found
        ),
        ignore_conflicts=True,
    )
    record("fill_holidays", f"year:{year}", by=by, days=len(made))
    return len(made)


@transaction.atomic
def set_day(county_code, day, *, is_working, words, by):
    """Say of one day whether it is worked; return the entry."""
    entry, _is_new = CalendarDay.objects.update_or_create(
        county_code=county_code, day=day, defaults={"is_working": is_working, "words": words}
    )
    record("set_holiday", f"day:{day}", by=by, is_working=is_working, words=words)
    return entry


@transaction.atomic
def forget_day(entry, *, by):
    """Let a day be again what its weekday says."""
    record("forget_holiday", f"day:{entry.day}", by=by)
    entry.delete()


def working_days_back(county_code, day, count):
    """Return the day that lies `count` working days before a day."""
    first = day - timedelta(days=MOST_DAYS_BACK)
    special = dict(
        CalendarDay.objects.filter(county_code=county_code, day__range=(first, day)).values_list(
            "day", "is_working"
        )
    )
    while count and day > first:
        day -= timedelta(days=1)
        count -= special.get(day, day.weekday() < SATURDAY)
    return day


def _days(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _is_special(day):
    return chinese_calendar.is_workday(day) != (day.weekday() < SATURDAY)


# The library speaks English.
HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


def _name_of(day):
    _is_holiday, name = chinese_calendar.get_holiday_detail(day)
    words = HOLIDAYS.get(name or "", "")
    return f"{words}调休上班" if chinese_calendar.is_workday(day) else words
