"""Ages on a day: a birthday counts from the day itself."""

from datetime import date


def age_on(day, born_on):
    """Return whole years lived; a birthday counts from the day itself."""
    had_birthday = (day.month, day.day) >= (born_on.month, born_on.day)
    return day.year - born_on.year - (not had_birthday)


def birthday_at(age, born_on):
    """Return the day on which someone reaches the age; born on 29 February, 1 March may be it."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)


def is_age_allowed(day, born_on, *, from_age=None, under_age=None):
    """Whether the age on the day is at least `from_age` and below `under_age` (A03).

    An empty bound is open.
    """
    age = age_on(day, born_on)
    old_enough = from_age is None or age >= from_age
    young_enough = under_age is None or age < under_age
    return old_enough and young_enough


def is_grade_within(grade, grade_max):
    """Whether a grade meets 「n级以上」: that grade or a more severe one, 1 being the worst (X13).

    Someone without a known grade does not meet a graded rule.
    """
    if grade_max is None:
        return True
    return grade is not None and 1 <= grade <= grade_max
