"""The pace line after last year's curve: 春节, 三夏 and 秋收 bend it, as they bend the payments.

    85% of 1,000 by 31 March; last year 2,000 people by then, 1,200 of them before 15 February
    due on 15 February   850 × 1,200 ÷ 2,000 = 510; straight over the days it would be 425

Each stage is reached on its day, as on the straight line; only the way there follows last year.
"""

from datetime import timedelta

from oversight.pace import round_half_up


def bent_line(pace, task, days, same_days):
    """Return the people due on each of `days`; None where last year says nothing of a stage on the
    way.

    `same_days` is {day of this year: people gained on it last year}.
    """
    if not task or not same_days:
        return None
    known = _Curve(same_days)
    parts = list(_parts(pace, task))
    shown = [part for part in parts if part[0] <= days[-1]]
    if any(known.between(after, until) <= 0 for after, until, _low, _high in shown):
        return None
    return [_due_on(day, parts, known, pace.starts_on) for day in days]


def _parts(pace, task):
    """Yield (day before the first, last day, people before, people after) of each stage."""
    after, low = pace.starts_on - timedelta(days=1), 0
    for stage in pace.stages:
        yield after, stage.due_on, low, stage.people_of(task)
        after, low = stage.due_on, stage.people_of(task)


def _due_on(day, parts, known, starts_on):
    if day < starts_on:
        return 0
    for after, until, low, high in parts:
        if day <= until:
            whole = known.between(after, until)
            gone = max(0, known.between(after, day))
            return low + round_half_up((high - low) * min(gone, whole), whole) if whole > 0 else low
    return parts[-1][3]


class _Curve:
    """Last year's running sum, asked by day."""

    def __init__(self, same_days):
        self.days = sorted(same_days.items())

    def between(self, after, until):
        return sum(people for day, people in self.days if after < day <= until)
