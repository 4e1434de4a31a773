"""From which year a changed tier counts (Y20–Y22).

pay on 3 March 2021, change on 4 March 2021  → 2022
change on 2 March 2021, pay on 3 March 2021  → 2021
"""

NEXT_YEAR = "next_year"


def year_of_tier_change(changed_on, paid_on, year, after_payment=NEXT_YEAR):
    """Return the year from which the new tier counts, or None when it may no longer change.

    `paid_on` is the day this year's contribution was paid, None while it is unpaid. A change on
    the day of payment itself comes too late: it must be registered before (Y20).
    """
    if paid_on is None or changed_on < paid_on:
        return year
    return year + 1 if after_payment == NEXT_YEAR else None
