"""Ask the payers for the subsidies, on a list of persons that is frozen for good (资金申请).

    March, advance:      10,000 people, 500,000.00; half is asked for      250,000.00
                         the province sends                                240,000.00
    December, settling:  400 came late, 12 were taken back                 + 19,400.00
                         left open: 500,000.00 − 240,000.00                +260,000.00
                         asked for                                          279,400.00

A claim lists the difference to all claims before it, so nothing that was frozen is ever rewritten:
late payments come in with the next claim, and what was taken back goes out with it. What an earlier
claim did not receive is carried on, payer by payer.
"""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions.posting import lock_books
from pension_portal.jobs import start_job
from pension_portal.money import FEN
from pension_portal.refusals import Refusal
from pension_portal.statements import analyze, joining_as_a_whole
from staff import approving
from staff.audit import record
from staff.models import Approvable
from subsidies.matrix import matrix_of_claim
from subsidies.models import ClaimArrival, ClaimPart, SubsidyClaim
from subsidies.statements import run_statement

State, Kind = Approvable.State, SubsidyClaim.Kind
WHOLE = Decimal(100)


class ClaimStillOpen(Refusal):
    code = "claim_still_open"
    sentence = _("%(year)s 年的%(kind)s还没有办完（%(state)s）。办完或撤回它，再做下一份申请。")


class ClaimNotFrozen(Refusal):
    code = "claim_not_frozen"
    sentence = _("名单还在生成，固化后再提交。")


class ClaimNotApproved(Refusal):
    code = "claim_not_approved"
    sentence = _("这份申请还没有审批同意，不能登记到账。")


class ClaimIsLocked(Refusal):
    code = "claim_is_locked"
    sentence = _("这份申请已结转到 %(later)s 的下一份，期间已锁定。把到账登记在最新的一份申请里。")


class PayerNotAsked(Refusal):
    code = "payer_not_asked"
    sentence = _("这份申请没有向这个承担方申请资金。核对承担方后重新登记。")


@transaction.atomic
def begin_claim(claim, *, by):
    """Save a new claim whose list a worker then freezes; return it. Refuses ClaimStillOpen."""
    # Of two who begin at once, the second finds the first.
    lock_books(claim.county_code)
    earlier = SubsidyClaim.objects.in_line(claim.county_code, claim.scheme_id)
    if known := earlier.open().first():
        raise ClaimStillOpen(
            year=known.year, kind=known.get_kind_display(), state=known.get_state_display()
        )
    if claim.kind == Kind.SETTLEMENT:
        claim.percent = WHOLE
    claim = approving.begin(claim, by=by)
    claim.job = start_job("subsidy_claim", claim.pk, county_code=claim.county_code, by=by)
    claim.save(update_fields=["job"])
    return claim


def freeze_claim(claim_id, *, by, run):
    """Write the list of a claim and its sums, once; a job's step, safe to run twice."""
    with run.transaction():
        claim = SubsidyClaim.objects.select_for_update(of=["self"]).get(pk=claim_id)
        if claim.frozen_at or claim.state != State.DRAFT:
            return
        with joining_as_a_whole():
            claim.lines = run_statement("freeze_claim", _parameters(claim))
        matrix = matrix_of_claim(claim, area_code=claim.county_code)
        assert matrix.adds_up, f"claim {claim.pk}: the matrix does not add up"
        _ask_each_payer(claim, matrix)
        claim.undecided = matrix.undecided
        claim.frozen_at = timezone.now()
        claim.save()
    analyze("subsidies_claimline")


@transaction.atomic
def submit_claim(claim, *, by):
    """Send a claim with its frozen list to review; return it. Refuses ClaimNotFrozen."""
    if claim.frozen_at is None:
        raise ClaimNotFrozen()
    return approving.submit(claim, by=by)


@transaction.atomic
def note_arrival(claim, *, payer, amount, arrived_on, note="", by):
    """Note money that came in for a claim; a mistake is put right by a negative amount.

    Refuses ClaimNotApproved, ClaimIsLocked and PayerNotAsked.
    """
    claim = SubsidyClaim.objects.select_for_update(of=["self"]).get(pk=claim.pk)
    if claim.state != State.APPROVED:
        raise ClaimNotApproved()
    if later := claim_after(claim):
        raise ClaimIsLocked(later=timezone.localtime(later.made_at).strftime("%Y-%m-%d"))
    if not claim.parts.filter(payer=payer).exists():
        raise PayerNotAsked()
    arrival = ClaimArrival.objects.create(
        claim=claim, payer=payer, amount=amount, arrived_on=arrived_on, note=note, noted_by=by
    )
    record("note_arrival", claim, by=by, payer=payer, amount=str(amount))
    return arrival


def claim_after(claim):
    """Return the claim that took over what this one left open; None while it is the last."""
    later = SubsidyClaim.objects.in_line(claim.county_code, claim.scheme_id)
    return later.filter(pk__gt=claim.pk).order_by("pk").first()


def claim_before(claim):
    """Return the claim whose open sums this one took over; None for the first."""
    earlier = SubsidyClaim.objects.in_line(claim.county_code, claim.scheme_id)
    return earlier.filter(pk__lt=claim.pk).order_by("-pk").first()


def parts_with_arrivals(claim):
    """Return the parts of a claim, each with what arrived and what is open of what was owed."""
    arrived = defaultdict(Decimal)
    for arrival in claim.arrivals.all():
        arrived[arrival.payer] += arrival.amount
    parts = sorted(claim.parts.all(), key=lambda part: part.pk)
    for part in parts:
        part.arrived = arrived[part.payer]
        part.owed = part.listed + part.carried
        part.left = part.owed - part.arrived
    return parts


def _parameters(claim):
    names = ("county_code", "scheme_id", "year", "until")
    return {name: getattr(claim, name) for name in names} | {"claim_id": claim.pk}


def _ask_each_payer(claim, matrix):
    """Write what each payer is asked for: the list and what is left open, or a part of both."""
    carried = _left_open_before(claim)
    parts = []
    for payer in dict.fromkeys([*matrix.payers, *carried]):
        listed, before = matrix.whole.parts.get(payer, Decimal(0)), carried[payer]
        asked = ((listed + before) * claim.percent / WHOLE).quantize(FEN, ROUND_HALF_UP)
        parts.append(
            ClaimPart(claim=claim, payer=payer, listed=listed, carried=before, requested=asked)
        )
    ClaimPart.objects.bulk_create(parts)
    for name in ("listed", "carried", "requested"):
        setattr(claim, name, sum((getattr(part, name) for part in parts), Decimal(0)))


def _left_open_before(claim):
    """Return payer → yuan that the claim before has not received, or has received too much."""
    before = SubsidyClaim.objects.in_line(claim.county_code, claim.scheme_id)
    # Whoever notes an arrival for it holds its row; what they note must be in the sum.
    before = before.select_for_update(of=["self"]).filter(pk__lt=claim.pk).order_by("-pk").first()
    left = defaultdict(Decimal)
    if before:
        left.update({part.payer: part.left for part in parts_with_arrivals(before)})
    return left


def earliest_until(county_code, scheme_id, year):
    """Return the day that a claim of a year must at least reach: that of the last one; or None."""
    claims = SubsidyClaim.objects.in_line(county_code, scheme_id).filter(year=year)
    return claims.order_by("-until").values_list("until", flat=True).first()
