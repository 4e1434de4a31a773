"""Determine what somebody may pay for missed years (补缴核定).

    2021-01-04  Lin proposes for 张桂兰: 2016–2018, 500 yuan each, number HD0001
    2021-01-05  somebody else approves: from now on a back payment of exactly 1,500 yuan for exactly
                these years is posted, anything else is held (E07, E08)

The officer who proposes never approves; the database refuses the same person in both places.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions.errors import (
    DeterminationDecidedAlready,
    DeterminationNumberTaken,
    MakerMayNotDetermine,
    RejectionReasonMissing,
    YearsDeterminedAlready,
    YearsPaidAlready,
)
from contributions.models import Determination, DeterminationYear
from contributions.reaching_sixty import what_is_due
from contributions.statements import fetch_statement
from enrollment.models import Resident
from pension_portal.clock import today
from pension_portal.refusals import Refusal
from staff.audit import record

Kind = Determination.Kind
FIRST_YEAR = 2009


class PolicyForbidsYears(Refusal):
    code = "policy_forbids_years"
    sentence = _("%(years)s 年按本年政策不能补缴。核对出生日期、制度实施年度和已缴年度。")


class TooManyYears(Refusal):
    code = "too_many_back_years"
    sentence = _("按本年政策最多还能补 %(most)s 年，写了 %(asked)s 年。减少年度后再提出。")


class PolicyForbidsAmount(Refusal):
    code = "policy_forbids_amount"
    sentence = _("%(year)s 年每年应在 %(lowest)s 至 %(highest)s 元之间，按政策档次填写。")


@transaction.atomic
def propose_determination(resident, *, scheme_id, number, amounts, basis, by, kind=Kind.GAP):
    """Return a new determination that waits for approval; `amounts` is year → yuan.

    Refuses DeterminationNumberTaken, YearsDeterminedAlready, YearsPaidAlready,
    PolicyForbidsYears, TooManyYears and PolicyForbidsAmount.
    """
    # Two proposals for one person at once would not see each other's years.
    Resident.objects.select_for_update(of=["self"]).get(pk=resident.pk)
    _refuse_a_known_number(resident.county_code, number)
    _refuse_years_determined(resident, scheme_id, amounts)
    _refuse_years_paid(resident, scheme_id, amounts)
    _refuse_against_the_policy(resident, scheme_id, amounts)
    made = Determination.objects.create(
        county_code=resident.county_code,
        resident=resident,
        village_code=resident.village_code,
        scheme_id=scheme_id,
        kind=kind,
        number=number,
        amount=sum(amounts.values()),
        basis=basis,
        made_by=by,
        made_at=timezone.now(),
    )
    DeterminationYear.objects.bulk_create(
        DeterminationYear(determination=made, year=year, amount=amount)
        for year, amount in sorted(amounts.items())
    )
    _record("propose_determination", made, by, years=sorted(amounts))
    return made


@transaction.atomic
def approve_determination(determination, *, by):
    """Let a back payment be posted by this determination; return it.

    Refuses DeterminationDecidedAlready, MakerMayNotDetermine and YearsPaidAlready: a year may have
    been paid while the proposal waited.
    """
    determination = _lock(determination)
    if by.is_same_person(determination.made_by):
        raise MakerMayNotDetermine()
    years = determination.years.values_list("year", flat=True)
    _refuse_years_paid(determination.resident, determination.scheme_id, years)
    determination.approved_on, determination.approved_by = today(), by
    determination.save(update_fields=["approved_on", "approved_by"])
    _record("approve_determination", determination, by)
    return determination


@transaction.atomic
def reject_determination(determination, *, by, reason):
    """Send a proposed determination back; it is kept, and its number is free again.

    Refuses RejectionReasonMissing and DeterminationDecidedAlready.
    """
    if not reason.strip():
        raise RejectionReasonMissing()
    determination = _lock(determination)
    determination.rejected_at, determination.rejected_by = timezone.now(), by
    determination.rejection_reason = reason.strip()
    determination.save(update_fields=["rejected_at", "rejected_by", "rejection_reason"])
    _record("reject_determination", determination, by, reason=reason)
    return determination


def _refuse_a_known_number(county_code, number):
    same = Determination.objects.filter(county_code=county_code, number=number, rejected_at=None)
    if same.exists():
        raise DeterminationNumberTaken(number=number)


def _refuse_years_determined(resident, scheme_id, amounts):
    known = DeterminationYear.objects.filter(
        determination__resident=resident,
        determination__scheme_id=scheme_id,
        determination__rejected_at=None,
        year__in=amounts,
    ).select_related("determination")
    if years := list(known):
        raise YearsDeterminedAlready(
            years=_listed(one.year for one in years), number=years[0].determination
        )


def _refuse_years_paid(resident, scheme_id, amounts):
    paid = fetch_statement(
        "years_paid",
        {
            "county_code": resident.county_code,
            "resident_id": resident.pk,
            "scheme_id": scheme_id,
            "years": list(amounts),
        },
    )
    if paid:
        raise YearsPaidAlready(years=_listed(row["year"] for row in paid))


def _refuse_against_the_policy(resident, scheme_id, amounts):
    """What this year's policy says of missed years; where none is in force, people decide."""
    paid = paid_years_of(resident, scheme_id)
    (due,) = what_is_due([(resident, paid)], scheme_id)
    if due is None:
        return
    allowed = {year["year"]: year for year in due["years"]} if due["way"] != "none" else {}
    if strange := sorted(set(amounts) - set(allowed) - {today().year}):
        raise PolicyForbidsYears(years=_listed(strange))
    most = due["most_years"]
    if most is not None and len(amounts) > most:
        raise TooManyYears(most=most, asked=len(amounts))
    for year, amount in sorted(amounts.items()):
        bounds = allowed.get(year, {})
        lowest, highest = bounds.get("lowest"), bounds.get("highest")
        if (lowest and amount < lowest) or (highest and amount > highest):
            raise PolicyForbidsAmount(year=year, lowest=lowest, highest=highest)


def paid_years_of(resident, scheme_id):
    """Return the years that a person has paid in a scheme, oldest first."""
    parameters = {
        "county_code": resident.county_code,
        "resident_id": resident.pk,
        "scheme_id": scheme_id,
        "years": list(range(FIRST_YEAR, today().year + 1)),
    }
    return [row["year"] for row in fetch_statement("years_paid", parameters)]


def _listed(years):
    return "、".join(map(str, sorted(years)))


def _lock(determination):
    found = Determination.objects.select_for_update(of=["self"]).get(pk=determination.pk)
    if not found.is_waiting:
        raise DeterminationDecidedAlready(number=found.number)
    return found


def _record(action, determination, by, *, reason="", **detail):
    record(
        action,
        determination,
        by=by,
        reason=reason,
        area_code=determination.village_code,
        amount=str(determination.amount),
        **detail,
    )
