"""Claims and rosters with defaults for what a test does not care about."""

from datetime import date

from django.utils import timezone

from pension_portal.jobs import run_job
from staff import approving
from subsidies import claiming, rosters
from subsidies.models import ClaimPart, ProxyLine, ProxyRoster, SubsidyClaim
from subsidies.paying import pay_roster
from tests import county
from tests.benefits.accounts import decided

SHARES = """
资金分担:
  依据: 方案 五
  明细:
    - {项目: 缴费补贴, 承担: 省级, 比例: 60%}
    - {项目: 缴费补贴, 承担: 县级, 其余: 是}
    - {项目: 代缴, 承担: 县级, 比例: 100%}
"""


def claim(by, *, kind="settlement", until=date(2021, 12, 31), **fields):
    """A claim whose list is frozen."""
    made = SubsidyClaim(
        county_code=county.COUNTY,
        kind=kind,
        until=until,
        **{"scheme_id": county.BASIC, "year": county.YEAR} | fields,
    )
    made = claiming.begin_claim(made, by=by)
    run_job(made.job_id)
    made.refresh_from_db()
    return made


def roster(by, **fields):
    """A roster that is drawn up."""
    made = ProxyRoster(
        county_code=county.COUNTY,
        **{"scheme_id": county.BASIC, "year": county.YEAR, "as_of": date(2021, 3, 20)} | fields,
    )
    made = rosters.begin_roster(made, by=by)
    run_job(made.job_id)
    made.refresh_from_db()
    return made


def agreed(thing, submit, *, by, reviewer, approver):
    """Take something from its maker to its approval."""
    submit(thing, by=by)
    approving.review(thing, by=reviewer)
    return approving.approve(thing, by=approver)


def paid(made, *, by, on=date(2021, 4, 2)):
    """Pay for the people of an agreed roster, and do the worker's work."""
    made = pay_roster(made, paid_on=on, by=by)
    run_job(made.job_id)
    made.refresh_from_db()
    return made


def a_claim_of(county_code, state="submitted"):
    """A claim of a county as if somebody had frozen it: nobody had paid anything."""
    made = SubsidyClaim(
        county_code=county_code,
        scheme_id=county.BASIC,
        year=county.YEAR,
        kind="settlement",
        until=date(2021, 12, 31),
        frozen_at=timezone.now(),
        **dict.fromkeys(("lines", "undecided", "listed", "carried", "requested"), 0),
    )
    decided(made, "draft")
    ClaimPart.objects.create(claim=made, payer="province", listed=0, carried=0, requested=0)
    return decided(made, state)


def a_roster_of(county_code, state="submitted", **fields):
    """A roster of a county as if somebody had drawn it up: nobody holds an identity."""
    made = ProxyRoster(
        county_code=county_code,
        scheme_id=county.BASIC,
        year=county.YEAR,
        number=1,
        as_of=date(2021, 3, 20),
        drawn_up_at=timezone.now(),
        **fields,
    )
    return decided(made, state)


def line(roster_id, person, **fields):
    """A person of a roster whom the county pays 100 yuan for."""
    return ProxyLine.objects.create(
        county_code=person.county_code,
        roster_id=roster_id,
        resident=person,
        village_code=person.village_code,
        **{"identity": "low_income", "rule_id": 0, "amount": 100, "own_amount": 0} | fields,
        own_paid=0,
        shares={"county": 100},
    )
