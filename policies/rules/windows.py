"""On which days the people of a county may pay: what pace lines advance on. One payment asks
`sql/windows.sql`, where an extension is for some people; it warns and never blocks (X11).

    windows of 安泽: 缴费期 2021-01-01–2021-12-31, days 1–25
    is_payable_day(windows, date(2021, 3, 25))  → True
    is_payable_day(windows, date(2021, 3, 26))  → False, even if the 26th follows a holiday (A16)

A window is anything with `kind`, `from_on`, `to_on`, `first_day` and `last_day`.
The ranges carry their own years: a medical window lies in the year before the insured one (M19).
"""

import calendar
from datetime import date, timedelta

PAYABLE = "payable"
CONCENTRATED = "concentrated"


def last_day_of_month(year, month):
    """Return the month's last day, 29 February in leap years (M20)."""
    return date(year, month, calendar.monthrange(year, month)[1])


def months_within(from_on, to_on, months):
    """Return the first and last day of each of these months (1–12) that lies within two days."""
    found = []
    for year in range(from_on.year, to_on.year + 1):
        for month in sorted(months):
            first = max(from_on, date(year, month, 1))
            last = min(to_on, last_day_of_month(year, month))
            if first <= last:
                found.append((first, last))
    return found


def in_range(window, day):
    """Whether the day lies between the window's first and last day, both inclusive."""
    return window.from_on <= day <= window.to_on


def in_monthly_days(window, day):
    """Whether the day of the month is one the window allows; no holiday moves it (A16)."""
    if window.first_day is None:
        return True
    return window.first_day <= day.day <= window.last_day


def open_windows(windows):
    """Return the windows that are for everyone: the payable ranges, or the concentrated ones where
    a document names no other. Extensions are for some people only.
    """
    payable = [window for window in windows if window.kind == PAYABLE]
    return payable or [window for window in windows if window.kind == CONCENTRATED]


def is_payable_day(windows, day):
    """Whether a payment on this day needs no warning."""
    return any(
        in_range(window, day) and in_monthly_days(window, day) for window in open_windows(windows)
    )


def payable_days(windows, first, last):
    """Return the days from `first` to `last` on which one may pay; pace lines advance on these."""
    span = (last - first).days
    days = (first + timedelta(days=step) for step in range(span + 1))
    return [day for day in days if is_payable_day(windows, day)]
