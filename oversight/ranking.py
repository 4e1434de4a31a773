"""Who stands where: places by their rate of completion (名次), and the score a rate earns
(预计得分).

    paid 90 of 100, 45 of 50, 80 of 100  →  ranks 1, 1, 3

Rates are compared as fractions, so that a tie is a tie and not two roundings that happen to agree.
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

FEWEST_PEOPLE_RANKED = 50
FULL_SCORE = Decimal(30)
CENT = Decimal("0.01")


def rate_of(paid, task):
    """Return paid ÷ task as a fraction; None without a task. It may pass 1."""
    return Fraction(paid, task) if task else None


def ranks(places):
    """Return {code: rank} by rate descending for (code, paid, task); ties share a rank, small tasks
    have none.
    """
    ranked = [(code, rate_of(paid, task)) for code, paid, task in places if is_ranked(task)]
    rates = sorted((rate for _code, rate in ranked), reverse=True)
    return {code: rates.index(rate) + 1 for code, rate in ranked}


def is_ranked(task):
    """Whether a place is large enough that its rank says something."""
    return bool(task) and task >= FEWEST_PEOPLE_RANKED


def expected_score(paid, task, *, whole_points=False):
    """Return the score of the present rate: 30, less one for each point short of 100%, from 0 to 30
    (Y80).

    A part of a point is charged pro rata to two decimals, or not at all with `whole_points` (X04).
    None without a task.
    """
    rate = rate_of(paid, task)
    if rate is None:
        return None
    gap = max(Fraction(0), 1 - rate) * 100
    if whole_points:
        gap = Fraction(int(gap))
    points = (Decimal(gap.numerator) / Decimal(gap.denominator)).quantize(CENT, ROUND_HALF_UP)
    return max(Decimal("0.00"), FULL_SCORE - points)
