"""How many people a place should have by a day: the pace line (今日应达), and what is left to go.

    campaign 2021-01-01 to 2021-10-10, task 1,000, 85% by 31 March, payable on days 1–25 only
    due on 25 March   850    the last day on which anybody could pay before the milestone
    due on 26 March   850    nobody can pay, so nobody falls behind; no holiday moves this (A16)
    due on 31 March   850

The line runs straight from one milestone to the next over *collectable* days, those on which the
policy lets people pay. Everything here is arithmetic over days: no database and no clock.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

WHOLE_TASK = Decimal(100)


@dataclass(frozen=True)
class Stage:
    """A part of the campaign: the cumulative share of the task, in percent, due by a day."""

    label: str
    due_on: date
    share: Decimal
    # Whether the task plan says so; the campaign's last day is a stage even if it does not.
    is_planned: bool = True

    def people_of(self, task):
        """Return the cumulative number of people due of a task, rounded half up."""
        return round_half_up(task * self.share, 100)


def round_half_up(dividend, divisor):
    """Return a non-negative quotient as a whole number; a half counts up."""
    return int((2 * dividend + divisor) // (2 * divisor))


class Pace:
    """The collectable days of one campaign and its stages; answers for any task."""

    def __init__(self, *, starts_on, ends_on, stages, is_payable, last_label=""):
        self.starts_on = starts_on
        self.ends_on = ends_on
        self.stages = with_last_stage(stages, ends_on, last_label)
        span = (ends_on - starts_on).days
        days = (starts_on + timedelta(days=step) for step in range(span + 1))
        self.days = [day for day in days if is_payable(day)]
        self._payable = set(self.days)

    def is_collectable(self, day):
        return day in self._payable

    def days_between(self, after, until):
        """Return how many collectable days lie after one day and up to another."""
        return max(0, bisect_right(self.days, until) - bisect_right(self.days, after))

    def days_up_to(self, day, count):
        """Return the last `count` collectable days up to a day, fewer near the start."""
        place = bisect_right(self.days, day)
        return self.days[max(0, place - count) : place]

    def day_after(self, day, count):
        """Return the collectable day so many after a day; None where the campaign ends before."""
        place = bisect_right(self.days, day) + count - 1
        return self.days[place] if place < len(self.days) else None

    def stage_on(self, day):
        """Return the stage a day belongs to; after the campaign, its last."""
        return next((stage for stage in self.stages if stage.due_on >= day), self.stages[-1])

    def stage_before(self, stage):
        """Return the stage before one, or None for the first."""
        place = self.stages.index(stage)
        return self.stages[place - 1] if place else None

    def increment_of(self, stage, task):
        """Return the people a stage adds to the one before (本阶段增量, X02)."""
        before = self.stage_before(stage)
        return stage.people_of(task) - (before.people_of(task) if before else 0)

    def due_on(self, day, task):
        """Return how many people of a task are due by a day (今日应达); 0 before the campaign."""
        if day < self.starts_on:
            return 0
        # The first day of the campaign belongs to the first stage.
        reached_on, reached = self.starts_on - timedelta(days=1), 0
        for stage in self.stages:
            goal = stage.people_of(task)
            if day <= stage.due_on:
                whole = self.days_between(reached_on, stage.due_on)
                gone = self.days_between(reached_on, day)
                if not whole:
                    return goal if day == stage.due_on else reached
                return reached + round_half_up((goal - reached) * gone, whole)
            reached_on, reached = stage.due_on, goal
        return reached

    def needed_a_day(self, day, stage, task, paid):
        """Return the people needed on each collectable day left to a stage, rounded up.

        0 where the stage is reached; None where it is not and no collectable day is left.
        """
        missing = stage.people_of(task) - paid
        if missing <= 0:
            return 0
        left = self.days_between(day, stage.due_on)
        return -(-missing // left) if left else None


def with_last_stage(stages, ends_on, label):
    """Return the stages by day; where none stands on the campaign's last day, that day closes the
    task.
    """
    stages = sorted(stages, key=lambda stage: stage.due_on)
    if stages and stages[-1].due_on >= ends_on:
        return stages
    share = max([WHOLE_TASK, *(stage.share for stage in stages)])
    return [*stages, Stage(label, ends_on, share, is_planned=False)]
