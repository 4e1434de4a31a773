"""Ages on a day: a birthday counts from the day itself."""

from calendar import monthrange


def age_on(day, born_on):
    """Return whole years lived; a birthday counts from the day itself."""
    had_birthday = (day.month, day.day) >= (born_on.month, born_on.day)
    return day.year - born_on.year - (not had_birthday)


def months_after(day, months):
    """Return the day so many months later: the month's last day where it has none of that number.

    Three months after 30 November 2020 is 28 February 2021, in 2024 the 29th.
    """
    years, month = divmod(day.month - 1 + int(months), 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))
