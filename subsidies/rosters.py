"""Draw up whom the state pays for in a year, and see it agreed to (代缴名册).

    2021-03-01  first roster:   620 people × 100.00, 4 × 6,000.00
    2021-09-01  second roster:  9 entered (an identity from April), 5 left, 1 changed
                of all of them only the 9 have not been paid for yet

Each roster is the whole list as of one day; what changed is read off against the one before.
Amounts come from the policy, asked for everybody in one statement. What the policy leaves open,
what was paid already, and whoever paid where the policy forbids both, stand there unpaid.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions.posting import lock_books
from pension_portal.jobs import start_job
from pension_portal.refusals import Refusal
from pension_portal.statements import analyze, joining_as_a_whole
from policies.answers import policy_in_force, provision
from policies.models import PolicyVersion
from policies.schemes import ages_of
from staff import approving
from staff.audit import record
from staff.models import Approvable
from subsidies.matrix import MatrixRow, shares_of
from subsidies.models import ProxyLine, ProxyRoster
from subsidies.statements import fetch_statement, run_statement

State = Approvable.State
HOW_CHANGED = {"entered": _("新进"), "left": _("退出"), "changed": _("变更")}
MOST_CHANGES = 500


class RosterStillOpen(Refusal):
    code = "roster_still_open"
    sentence = _("%(year)s 年第 %(number)s 份代缴名册还没有办完（%(state)s）。办完或撤回它再做。")


class RosterNotPosted(Refusal):
    code = "roster_not_posted"
    sentence = _("%(year)s 年第 %(number)s 份代缴名册已同意、还没有拨付入账。先登记拨付。")


class RosterNotDrawnUp(Refusal):
    code = "roster_not_drawn_up"
    sentence = _("名册还在生成，生成后再提交。")


class NobodyToPayFor(Refusal):
    code = "nobody_to_pay_for"
    sentence = _("这份名册没有应代缴的人，不用提交。核对身份名单和政策的代缴规定。")


class LeavingOutNeedsReason(Refusal):
    code = "leaving_out_needs_reason"
    sentence = _("剔除要写明原因（例如：本人自愿按更高档次缴费），写好后再点剔除。")
    status = 400


@transaction.atomic
def begin_roster(roster, *, by):
    """Save a new roster that a worker then draws up; return it.

    Refuses RosterStillOpen, RosterNotPosted and NoPolicyInForce.
    """
    policy_in_force(roster.county_code, roster.scheme_id, roster.year)
    # Of two who begin at once, the second finds the first.
    lock_books(roster.county_code)
    same = ProxyRoster.objects.filter(county_code=roster.county_code, scheme_id=roster.scheme_id)
    this_year = same.filter(year=roster.year)
    _refuse_a_second(this_year)
    agreed = same.approved().filter(year__lte=roster.year)
    roster.previous = agreed.order_by("-year", "-number").first()
    roster.number = (this_year.aggregate(last=Max("number"))["last"] or 0) + 1
    roster = approving.begin(roster, by=by)
    roster.job = start_job("proxy_roster", roster.pk, county_code=roster.county_code, by=by)
    roster.save(update_fields=["job"])
    return roster


def draw_up_roster(roster_id, *, by, run):
    """Write the lines of a roster, once; a job's step, safe to run twice."""
    with run.transaction():
        roster = ProxyRoster.objects.select_for_update(of=["self"]).get(pk=roster_id)
        if roster.drawn_up_at or roster.state != State.DRAFT:
            return
        asked = {
            name: getattr(roster, name) for name in ("county_code", "scheme_id", "year", "as_of")
        }
        asked |= {
            "roster_id": roster.pk,
            **ages_of(roster.scheme_id),
            "own_beside_proxy": allows_both(roster),
            "previous_id": _same_year(roster.previous, roster),
            "held_before": str(_("上一份答复不付")),
        }
        with joining_as_a_whole():
            run_statement("draw_up_roster", asked)
        roster.drawn_up_at = timezone.now()
        roster.save(update_fields=["drawn_up_at"])
    analyze("subsidies_proxyline")


def _same_year(previous, roster):
    """Return the number of the roster before where it is of the same year, else None."""
    return previous.pk if previous and previous.year == roster.year else None


def allows_both(roster):
    """Whether the policy of a roster lets people pay beside what the state pays in their place."""
    policies = PolicyVersion.objects.in_force(roster.county_code, roster.scheme_id, roster.year)
    policy = policies.first()
    return policy is not None and provision(policy, "own_beside_proxy") != "no"


@transaction.atomic
def submit_roster(roster, *, by):
    """Send a roster to review; return it. Refuses RosterNotDrawnUp and NobodyToPayFor."""
    if roster.drawn_up_at is None:
        raise RosterNotDrawnUp()
    if not ProxyLine.objects.of(roster).to_pay().exists():
        raise NobodyToPayFor()
    return approving.submit(roster, by=by)


@transaction.atomic
def leave_out(roster, resident, *, because, by):
    """Leave a person out of a roster that is still open, or take them in again with no reason left.

    Whoever has reviewed it must look again. Refuses what `approving.edit` refuses and
    LeavingOutNeedsReason; returns the line.
    """
    roster = approving.edit(roster, by=by)
    line = ProxyLine.objects.of(roster).select_for_update().get(resident=resident)
    because = " ".join(because.split())[:100]
    if not because and not line.left_out_because:
        raise LeavingOutNeedsReason()
    line.left_out_because = because
    line.save(update_fields=["left_out_because"])
    record("leave_out_of_roster", resident, by=by, reason=because, area_code=resident.village_code)
    return line


def _refuse_a_second(rosters):
    if known := rosters.open().first():
        raise RosterStillOpen(year=known.year, number=known.number, state=known.get_state_display())
    if known := rosters.approved().filter(posted_at=None).first():
        raise RosterNotPosted(year=known.year, number=known.number)


# --- what a roster comes to ---


@dataclass
class RosterSums:
    """People and money of a roster that are paid, by town, identity and payer; and who are not."""

    whole: MatrixRow = field(default_factory=MatrixRow)
    own_amount: Decimal = Decimal(0)
    towns: dict = field(default_factory=lambda: defaultdict(MatrixRow))
    identities: dict = field(default_factory=lambda: defaultdict(MatrixRow))
    crossed: dict = field(default_factory=lambda: defaultdict(MatrixRow))
    held: dict = field(default_factory=lambda: defaultdict(int))
    left_out: int = 0
    paid_themselves: int = 0

    @property
    def payers(self):
        return list(self.whole.parts)


def sums_of(roster, *, area_code):
    """Return the RosterSums of an area: one statement."""
    asked = {"county_code": roster.county_code, "roster_id": roster.pk, "area_code": area_code}
    sums = RosterSums()
    for row in fetch_statement("roster_sums", asked):
        if row["is_left_out"]:
            sums.left_out += row["people"]
        elif row["held"]:
            sums.held[row["held"]] += row["people"]
        else:
            _add_paid(sums, row)
    return sums


def _add_paid(sums, row):
    shares = shares_of(row)
    place = (row["town"], row["identity"], row["standard"])
    for tally in (
        sums.whole,
        sums.towns[row["town"]],
        sums.identities[row["identity"], row["standard"]],
        sums.crossed[place],
    ):
        tally.add(row, shares)
    sums.own_amount += row["own_amount"]
    sums.paid_themselves += row["paid_themselves"]


def changes_of(roster, *, area_code, limit=MOST_CHANGES):
    """Return who entered, left or is paid for differently since the roster before, as dicts; empty
    for the first one.
    """
    if roster.previous_id is None:
        return []
    return fetch_statement(
        "roster_changes",
        {
            "county_code": roster.county_code,
            "roster_id": roster.pk,
            "previous_id": roster.previous_id,
            "area_code": area_code,
            "limit": limit,
        },
    )
