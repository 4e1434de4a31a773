"""Show the state's money in the made-up county: an advance that partly arrived, and a roster of
those the state pays for, which waits for its review (演示数据).
"""

from datetime import timedelta

from pension_portal.clock import today
from pension_portal.jobs import run_job
from staff import approving
from subsidies.claiming import begin_claim, note_arrival, submit_claim
from subsidies.models import ProxyRoster, SubsidyClaim
from subsidies.rosters import begin_roster, submit_roster

ADVANCE_PERCENT = 60


def show_subsidies(county_code, *, scheme_id, year, maker, officer, finance, approver):
    """Make one claim for the payments so far and one proxy roster, once."""
    if not SubsidyClaim.objects.in_line(county_code, scheme_id).exists():
        claim = SubsidyClaim(
            county_code=county_code,
            scheme_id=scheme_id,
            year=year,
            kind=SubsidyClaim.Kind.ADVANCE,
            until=today() - timedelta(days=7),
            percent=ADVANCE_PERCENT,
        )
        claim = _worked_out(begin_claim(claim, by=maker))
        submit_claim(claim, by=maker)
        approving.review(claim, by=finance)
        approving.approve(claim, by=approver)
        _let_half_arrive(claim, by=finance)
    if not ProxyRoster.objects.filter(county_code=county_code).exists():
        roster = ProxyRoster(county_code=county_code, scheme_id=scheme_id, year=year, as_of=today())
        submit_roster(_worked_out(begin_roster(roster, by=officer)), by=officer)


def _worked_out(thing):
    run_job(thing.job_id)
    thing.refresh_from_db()
    return thing


def _let_half_arrive(claim, *, by):
    for part in claim.parts.all():
        half = (part.requested / 2).quantize(part.requested)
        if half:
            note_arrival(claim, payer=part.payer, amount=half, arrived_on=today(), by=by)
