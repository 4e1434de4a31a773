"""Who a draft would affect, and by how much: the same payments asked under two versions.

    version 1: 300 yuan → 50    draft: 300 yuan → 55    affected: everybody who paid 300, 5.00 each

Nothing is kept. Posted years are never recalculated; this only says what a version would have said.
"""

from pathlib import Path

from pension_portal.statements import fetch_statement
from policies.models import PolicyVersion

SQL = Path(__file__).parent / "sql"
PAGE = 200


def affected_totals(draft):
    """Return a dict per town and tier: people, amount_before, amount_after; empty for none."""
    return fetch_statement(SQL, "affected_totals", _asked(draft))


def affected_payments(draft, *, start=0, most=PAGE):
    """Return the payments whose subsidy would change, village by village, `most` at a time."""
    parameters = {**_asked(draft), "start": start, "most": most}
    return fetch_statement(SQL, "affected_payments", parameters)


def _asked(draft):
    in_force = PolicyVersion.objects.in_force(
        draft.county_code, draft.scheme_id, draft.year
    ).first()
    before = in_force or draft
    return {
        "county_code": draft.county_code,
        "year": draft.year,
        "scheme_id": draft.scheme_id,
        "resident_id": None,
        "versions": [before.pk, draft.pk],
    }
