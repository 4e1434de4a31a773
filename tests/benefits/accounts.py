"""Terms, runs, settlements and moves with defaults for what a test does not care about."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from benefits.models import AccountMove, InterestRun, InterestTerms, Settlement
from tests import county


def terms(year=2020, rate="3", *, county_code=county.COUNTY, state="approved", **fields):
    """Terms of a year that three people decided, or are about to."""
    made = InterestTerms(
        county_code=county_code,
        scheme_id=county.BASIC,
        year=year,
        rate=Decimal(rate),
        document_no="示人社〔2021〕3号",
        **{"date_basis": "treasury", "starts": "next_month", "rounding": "half_up"} | fields,
    )
    return decided(made, state)


def run(of, *, state="submitted"):
    """A run of a year that somebody computed: nobody had anything."""
    made = InterestRun(
        county_code=of.county_code,
        scheme_id=of.scheme_id,
        year=of.year,
        terms=of,
        people=0,
        lines=0,
        amount=0,
        computed_at=timezone.now(),
    )
    return decided(made, state)


def settlement(resident, *, reason="death", state="submitted", **fields):
    made = Settlement(
        county_code=resident.county_code,
        village_code=resident.village_code,
        resident=resident,
        scheme_id=county.BASIC,
        reason=reason,
        amount=Decimal(0),
        **{"settled_on": date(2021, 3, 1)} | fields,
    )
    return decided(made, state)


def move(resident, *, state="submitted", **fields):
    made = AccountMove(
        county_code=resident.county_code,
        village_code=resident.village_code,
        resident=resident,
        scheme_id=county.BASIC,
        from_place="邻样县",
        **{"asked_on": date(2021, 1, 4)} | fields,
    )
    return decided(made, state)


def decided(thing, state):
    """Save something as if a clerk had made it and, where it is approved, two others agreed."""
    thing.state = "draft"
    thing.made_by = thing.made_by or county.staff("何经办", "town_clerk", county.EAST_BAY)
    thing.save()
    thing.state = state
    if state == "approved":
        thing.reviewed_by = county.staff("方复核", "finance", thing.county_code)
        thing.approved_by = county.staff("钱审批", "county_approver", thing.county_code)
        thing.approved_at = timezone.now()
    thing.submitted_at = timezone.now()
    thing.content_hash = thing.content_hash_now()
    thing.save()
    return thing
