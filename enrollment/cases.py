"""Handle what happens to somebody's enrolment (业务办理): open a case, prove it, decide it.

    Zhao opens a move of 张桂兰 from 李家村 to 王家社区, with the page of the 户口簿
    Han of the town reviews it, Qian of the county approves it
    in that transaction: her record still says 李家村 (else nobody's change is lost: it is refused),
    she, her enrolments and identities move, and both villages' payers are counted anew

A case holds each item as it was and as it will be. Nothing is deleted: what was true before stands
in the cases, in order.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrollment import case_items, eligibility
from enrollment.case_kinds import ReportClass, missing_papers
from enrollment.counting import recount_payable
from enrollment.errors import (
    CaseNeedsItsDay,
    CaseNotOpenForPapers,
    CaseOpenAlready,
    NothingChanges,
    PapersMissing,
    RecordChangedMeanwhile,
)
from enrollment.models import Case, CaseItem, CasePaper, Enrolment, Resident
from enrollment.papers import PURPOSE, made_small
from pension_portal.clock import today
from pension_portal.doors import refuse_unless_allowed
from pension_portal.files import store_file
from pension_portal.secrecy import blind_index
from staff import approving

# --- Making ---------------------------------------------------------------------------------------


@transaction.atomic
def open_case(kind, person, after, *, by, county_code="", **fields):
    """Return a new draft; `after` is {item: value wanted}, `person` None for a newcomer.

    What stays as it is is left out. Refuses NothingChanges, CaseOpenAlready and IdNumberTaken.
    """
    items = changed_items(person, after)
    if not items:
        raise NothingChanges()
    case = Case(kind=kind, resident=person, **_place_of(person, after), **fields)
    _refuse_a_second(case)
    try:
        with transaction.atomic():
            case = approving.begin(case, by=by)
    except IntegrityError as fault:
        _name_the_other(case, fault)
    _write_items(case, items, by=by)
    return case


@transaction.atomic
def change_case(case, after, *, by, **fields):
    """Give an open case other items and fields; a review it had is void. Return it."""
    case = approving.edit(case, by=by)
    items = changed_items(case.resident, after)
    if not items:
        raise NothingChanges()
    for name, value in {**fields, **_place_of(case.resident, after)}.items():
        setattr(case, name, value)
    case.save()
    case.items.all().delete()
    _write_items(case, items, by=by)
    return case


def changed_items(person, after):
    """Return [(item, before, after)] of what differs from the record."""
    before = {item: case_items.read(item, person) for item in after}
    return [(item, before[item], value) for item, value in after.items() if value != before[item]]


def _place_of(person, after):
    """Return where a case belongs and whom it names."""
    village = person.village_code if person else after["village"]
    return {
        "county_code": village[:6],
        "village_code": village,
        "to_village_code": after.get("village", "") if person else "",
        "name": person.name if person else after["name"],
        "id_last4": person.id_last4 if person else after["id_number"][-4:],
    }


def _refuse_a_second(case):
    if case.resident is None:
        return
    same = Case.objects.open().filter(resident=case.resident, kind=case.kind)
    if other := same.first():
        raise CaseOpenAlready(name=case.name, kind=other.get_kind_display(), number=other.number)


def _name_the_other(case, fault):
    _refuse_a_second(case)
    raise fault


def _write_items(case, items, *, by):
    county_code = case.county_code
    for item, _before, value in items:
        if item == "id_number":
            case_items.refuse_a_taken_number(value, county_code, but=case.resident)
    CaseItem.objects.bulk_create(
        CaseItem(case=case, item=item, before=before or None, after=value or None)
        for item, before, value in items
    )
    case.__dict__.pop("all_items", None)
    # Whose hands a bank account or a number may pass through is known only now.
    refuse_unless_allowed(by, case.make_action)


# --- Papers ---------------------------------------------------------------------------------------


@transaction.atomic
def add_paper(case, kind, *, by, upload=None, source=""):
    """Keep a paper with a case, or where it was checked without a copy; return it.

    Refuses CaseNotOpenForPapers, PaperIsNoPicture and what `store_file` refuses.
    """
    _refuse_unless_open_for(case, by)
    file = None
    if upload:
        small = made_small(upload)
        file, _new = store_file(small, county_code=case.county_code, purpose=PURPOSE, by=by)
    return CasePaper.objects.create(case=case, kind=kind, file=file, source=source, added_by=by)


@transaction.atomic
def remove_paper(paper, *, by):
    """Take a paper out of a case that is still its maker's; it is kept, and no longer counts."""
    _refuse_unless_open_for(paper.case, by)
    paper.removed_at = timezone.now()
    paper.save(update_fields=["removed_at"])


def _refuse_unless_open_for(case, by):
    refuse_unless_allowed(by, case.make_action)
    locked = Case.objects.select_for_update(of=["self"]).get(pk=case.pk)
    if locked.state not in (Case.State.DRAFT, Case.State.RETURNED):
        raise CaseNotOpenForPapers(state=locked.get_state_display())


# --- Deciding -------------------------------------------------------------------------------------


@transaction.atomic
def submit_case(case, *, by):
    """Send a case on its way.

    Refuses CaseNeedsItsDay, PapersMissing, RecordChangedMeanwhile and MayNotJoin.
    """
    if case.spec.report_class == ReportClass.END and not case.happened_on:
        raise CaseNeedsItsDay(day=case.spec.day_label)
    if missing := missing_papers(case):
        raise PapersMissing(papers=_("、").join(missing))
    _refuse_a_changed_record(case)
    _refuse_who_may_not_join(case)
    return approving.submit(case, by=by)


@transaction.atomic
def review_case(case, *, by, seen=""):
    """Agree for the town; the record stays as it is, and the case goes up with the month."""
    case = approving.review(case, by=by, seen=seen)
    case.reviewed_on = today()
    case.save(update_fields=["reviewed_on"])
    return case


@transaction.atomic
def approve_case(case, *, by, seen=""):
    """Agree for the county and bring the record to what the case says; return the case.

    Refuses RecordChangedMeanwhile, MayNotJoin, IdNumberTaken and what `approving.approve` refuses.
    """
    case = approving.approve(case, by=by, seen=seen)
    if case.resident_id:
        case.resident = Resident.objects.select_for_update(of=["self"]).get(pk=case.resident_id)
    _refuse_a_changed_record(case)
    _refuse_who_may_not_join(case)
    villages = {case.village_code, case.to_village_code} - {""}
    _take_effect(case)
    recount_payable(case.county_code, sorted(villages))
    return case


def _refuse_a_changed_record(case):
    """Look at each item once more: the record must still say what the case says it said."""
    changed = [
        case_items.label(item.item)
        for item in case.items.all()
        if case_items.read(item.item, case.resident) != (item.before or "")
    ]
    if changed:
        raise RecordChangedMeanwhile(items=_("、").join(changed))


def _refuse_who_may_not_join(case):
    """Ask the rules of joining of whoever registers; of who returns or moves in, only whether what
    the scheme rests on is there.
    """
    after = {item.item: item.after for item in case.items.all()}
    schemes = _schemes_joined(after)
    if not schemes:
        return
    verdicts = eligibility.judge(
        _asked(case, after, schemes), case.county_code, case.happened_on or today()
    )
    if case.kind != Case.Kind.REGISTRATION:
        verdicts = [verdict for verdict in verdicts if verdict.kind == "enrolled_in"]
    eligibility.refuse_unless_eligible(verdicts, case.waived_reason)


def _schemes_joined(after):
    """Return the schemes in which a case lets somebody be active."""
    begins = [item for item, value in after.items() if value == Enrolment.Status.ACTIVE]
    return sorted(int(item.removeprefix("status_")) for item in begins)


def _asked(case, after, schemes):
    person = case.resident
    number = after.get("id_number") or person.id_number
    birth = after.get("birth") or (person and f"{person.born_on}/{person.sex}") or ""
    known = case_items.number_of(number, birth)
    standing = set(person.standing_schemes() if person else ()) | set(schemes)
    hukou = after.get("hukou") or case_items.read("hukou", person)
    cover = after.get("other_cover", case_items.read("other_cover", person)) or ""
    return [
        eligibility.Asked(
            scheme,
            known.born_on,
            sorted(standing),
            hukou or Resident.Hukou.LOCAL,
            cover,
            known.sex,
            blind_index(known.text18).hex(),
        )
        for scheme in schemes
    ]


# The person first, then what hangs on the person.
ORDER = ("id_number", "birth", "name", "village", "household")


def _take_effect(case):
    items = sorted(
        case.items.all(),
        key=lambda item: (ORDER.index(item.item) if item.item in ORDER else len(ORDER), item.pk),
    )
    person = case.resident or Resident(county_code=case.county_code)
    hanging = [item for item in items if item.item.startswith(("status_", "tier_", "identity_"))]
    for item in items:
        if item not in hanging:
            case_items.write(item.item, person, item.after or "", case)
    person.save()
    for item in hanging:
        case_items.write(item.item, person, item.after or "", case)
    if case.resident_id is None:
        case.resident = person
        case.save(update_fields=["resident"])
