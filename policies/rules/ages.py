"""Ages on a day: a birthday counts from the day itself."""


def age_on(day, born_on):
    """Return whole years lived; a birthday counts from the day itself."""
    had_birthday = (day.month, day.day) >= (born_on.month, born_on.day)
    return day.year - born_on.year - (not had_birthday)
