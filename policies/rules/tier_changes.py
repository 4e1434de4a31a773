"""From which year a changed tier counts (Y20–Y22).

pay on 3 March 2021, change on 4 March 2021  → 2022
change on 2 March 2021, pay on 3 March 2021  → 2021
"""

NEXT_YEAR, UPWARD = "next_year", "upward"


def year_of_tier_change(changed_on, paid_on, year, after_payment=NEXT_YEAR, *, is_upward=False):
    """Return the year from which the new tier counts, or None when it may no longer change.

    `paid_on` is the day this year's contribution was paid, None while it is unpaid. A change on
    the day of payment itself comes too late: it must be registered before (Y20). 只可调高 lets
    somebody who has paid still choose a higher tier for the year, and nothing else.
    """
    if paid_on is None or changed_on < paid_on:
        return year
    if after_payment == UPWARD:
        return year if is_upward else None
    return year + 1 if after_payment == NEXT_YEAR else None
