"""Where the last days lead: the day a goal is reached at the present pace, and the band around it.

Sums of `n` further days, each like the last fourteen, lie in four cases of five within

    paid + n × mean ± 1.28 × deviation × √(n + n² ÷ 14)

The second term under the root is there because the mean itself is only known from fourteen days.
"""

from math import ceil, sqrt
from statistics import fmean, stdev

TRAILING_DAYS = 14
FEWEST_DAYS = 10
EIGHTY_PERCENT = 1.2816


def days_to_go(missing, mean):
    """Return the days needed at a mean a day, rounded up; 0 where nothing is missing, None where it
    never comes.
    """
    if missing <= 0:
        return 0
    return ceil(missing / mean) if mean > 0 else None


def band(paid, gains, count):
    """Return (low, high) for each of the next `count` collectable days; empty when too few days are
    known.

    `gains` are the people gained on each of the last collectable days, at most fourteen of them.
    """
    if len(gains) < FEWEST_DAYS:
        return []
    mean, deviation = fmean(gains), stdev(gains)
    return [_range(paid, mean, deviation, len(gains), n) for n in range(1, count + 1)]


def _range(paid, mean, deviation, known, n):
    width = EIGHTY_PERCENT * deviation * sqrt(n + n * n / known)
    return max(0, round(paid + n * mean - width)), round(paid + n * mean + width)
