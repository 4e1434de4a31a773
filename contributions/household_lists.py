"""Households that are paid for in part (部分缴费户): all members must join, none may choose (M12).

户 0012: 4 should join, 4 have, 3 have paid     partly paid: 王芳 is missing
a soldier, an employee, a daughter who counts with her husband's family    are not counted here
"""

from contributions.statements import fetch_statement
from enrollment.household_members import terms_for
from pension_portal.clock import today
from policies.schemes import ages_of

HOUSEHOLDS_PER_PAGE = 50
STANDINGS = ("partly", "not", "all")


def households_of(area, *, scheme_id, year, standing="partly", page=1):
    """Return (households of one page, whether there are more), by village and number; no household
    where the county has no policy of the scheme and year. One statement after the terms.
    """
    terms = terms_for(area.county_code, scheme_id, year)
    if terms is None:
        return [], False
    rows = fetch_statement(
        "households_of_area",
        {
            "county_code": area.county_code,
            "area_code": area.code,
            "scheme_id": scheme_id,
            "year": year,
            "day": today(),
            "barred": sorted(terms.barred),
            "lets_exempt": terms.lets_exempt,
            "standing": standing,
            "limit": HOUSEHOLDS_PER_PAGE + 1,
            "offset": (page - 1) * HOUSEHOLDS_PER_PAGE,
            **ages_of(scheme_id),
        },
    )
    return rows[:HOUSEHOLDS_PER_PAGE], len(rows) > HOUSEHOLDS_PER_PAGE
