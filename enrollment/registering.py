"""Register one person at the desk (参保登记): the person, the schemes joined, the tier of each.

    Zhao types an ID number, a name, a village and a phone     →  张桂兰, 基本 300 元, from today
    the number is known in 三合镇                               →  此人已在三合镇李庄村参保
    the number is known, but only in the basic scheme           →  the supplementary one is added

The rules of joining are those of `eligibility`; a rule that was proved not to apply is waived with
its reason on record. A registration takes effect at once, is listed in the town's month, and is
looked at afterwards; in a county that wants it approved first (参保设置) the desk opens a case.
"""

from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.cases import open_case, submit_case
from enrollment.eligibility import Asked, judge, refuse_unless_eligible
from enrollment.errors import ProofMissing, RegisteredAlready, TierNotOpen
from enrollment.models import (
    Case,
    CasePaper,
    EnrollmentSettings,
    Enrolment,
    Household,
    Registration,
    Resident,
    TierChoice,
)
from enrollment.newborns import covered_from, pay_by
from enrollment.statements import run_statement
from pension_portal.clock import today
from pension_portal.secrecy import blind_index
from policies.answers import tier_table
from policies.schemes import GUARDIAN, RESIDENCE, SCHOOL, TRAITS, ages_of
from staff.audit import record
from townships.models import TOWN_CODE_LENGTH, Area

PROOFS_ASKED = {
    RESIDENCE: gettext_lazy("非本县户籍的，写明居住证明（居住证、租房合同等）"),
    SCHOOL: gettext_lazy("在校学生和在园幼儿，写明就读学校"),
    GUARDIAN: gettext_lazy("新生儿由监护人缴费，写明监护人、关系和电话"),
}
GUARDIAN_FIELDS = ("helper_name", "helper_relation", "helper_phone")
FIRST_NUMBER = 1
NUMBER_WIDTH = 4


@dataclass
class Newcomer:
    """What the form says of somebody; `number` is an IdNumber."""

    number: object
    name: str
    village_code: str
    tiers: dict
    phone: str = ""
    household_number: str = ""
    starts_household: bool = False
    hukou: str = Resident.Hukou.LOCAL
    other_cover: str = ""
    helper: dict = field(default_factory=dict)
    residence_proof: str = ""
    school: str = ""
    waived_reason: str = ""

    @property
    def schemes(self):
        return sorted(self.tiers)


@transaction.atomic
def register_person(newcomer, *, by, draft=None):
    """Return the Registration of somebody who joins now; their papers come with the draft.

    Refuses RegisteredAlready, MayNotJoin and TierNotOpen; nothing is written then.
    """
    assert newcomer.village_code.startswith(by.area_code)
    known, waived = _look_before_writing(newcomer, by)
    try:
        with transaction.atomic():
            person = _take_effect(newcomer, known, by)
    except IntegrityError as fault:
        # Somebody else registered the same number between the look and the writing.
        other = known_resident(newcomer.number.text18, by.area_code[:6])
        if other is None:
            raise
        raise RegisteredAlready(place=place_of(other)) from fault
    made = Registration.objects.create(
        county_code=person.county_code,
        village_code=person.village_code,
        resident=person,
        schemes=newcomer.schemes,
        waived=waived,
        waived_reason=newcomer.waived_reason if waived else "",
        residence_proof=newcomer.residence_proof,
        school=newcomer.school,
        made_by=by,
        **newcomer.helper,
    )
    if draft:
        draft.papers.update(registration=made, draft=None)
        draft.delete()
    record(
        "register_person",
        person,
        by=by,
        area_code=person.village_code,
        reason=made.waived_reason,
        schemes=newcomer.schemes,
        papers=made.papers.count(),
    )
    return made


def needs_approval(county_code):
    """Whether a county has registrations approved before they take effect."""
    return EnrollmentSettings.of(county_code).registration_needs_approval


@transaction.atomic
def ask_for_registration(newcomer, *, by, draft=None):
    """Return the submitted Case that will register somebody once the county agrees.

    Refuses what `register_person` refuses, and PapersMissing.
    """
    known, _waived = _look_before_writing(newcomer, by)
    case = open_case(
        Case.Kind.REGISTRATION,
        known,
        _items(newcomer, known),
        by=by,
        happened_on=today(),
        waived_reason=newcomer.waived_reason,
        note=_("；").join(filter(None, [newcomer.residence_proof, newcomer.school])),
        **newcomer.helper,
    )
    if draft:
        CasePaper.objects.bulk_create(_case_papers(case, draft))
        draft.papers.all().delete()
        draft.delete()
    return submit_case(case, by=by)


def _items(newcomer, known):
    """Return what a case is to change: all that is known of somebody new, else the schemes."""
    after = {f"status_{scheme}": Enrolment.Status.ACTIVE.value for scheme in newcomer.schemes}
    after |= {
        f"tier_{scheme}": f"{amount:.2f}"
        for scheme, amount in newcomer.tiers.items()
        if amount is not None
    }
    if known:
        return after
    # The household is there from now on, so that the next number given out is another.
    household = _household(newcomer)
    return after | {
        "id_number": newcomer.number.text18,
        "birth": _birth_text(newcomer.number),
        "name": newcomer.name,
        "village": newcomer.village_code,
        "household": household.number if household else "",
        "phone": newcomer.phone,
        "hukou": str(hukou_of(newcomer)),
        "other_cover": newcomer.other_cover,
    }


def _birth_text(number):
    """Return birthday and sex as a case keeps them, of a number that does not show them."""
    return f"{number.born_on}/{number.sex}" if number.kind == "birth_certificate" else ""


def _case_papers(case, draft):
    """Return the papers of a draft as those of a case; an original that was seen has no copy."""
    return [
        CasePaper(
            case=case,
            kind=paper.kind,
            file=paper.file,
            source="" if paper.file_id else _("当面核验原件"),
            added_by=paper.added_by,
        )
        for paper in draft.papers.select_related("file")
    ]


# --- Looking before writing -----------------------------------------------------------------------


def _look_before_writing(newcomer, by):
    """Return (whoever is known by the number, or None; the rules that are waived)."""
    county_code = by.area_code[:6]
    known = known_resident(newcomer.number.text18, county_code, lock=True)
    if known and (place := standing_place(known, newcomer.schemes, by)):
        raise RegisteredAlready(place=place)
    verdicts = verdicts_of(newcomer, known, county_code)
    waived = refuse_unless_eligible(verdicts, newcomer.waived_reason)
    _refuse_without_proof(newcomer)
    _refuse_closed_tiers(newcomer, county_code)
    return known, waived


def _refuse_without_proof(newcomer):
    """Refuse ProofMissing where a scheme joined asks for a proof that nobody named (M03–M06)."""
    asked = {proof for scheme in newcomer.schemes for proof in TRAITS[scheme].proofs}
    missing = {
        RESIDENCE: newcomer.hukou == Resident.Hukou.SETTLED and not newcomer.residence_proof,
        SCHOOL: newcomer.other_cover == Resident.OtherCover.STUDENT and not newcomer.school,
        GUARDIAN: newcomer.number.kind == "birth_certificate"
        and not all(newcomer.helper.get(name) for name in GUARDIAN_FIELDS),
    }
    for proof, sentence in PROOFS_ASKED.items():
        if proof in asked and missing[proof]:
            raise ProofMissing(what=sentence)


def known_resident(text18, county_code, *, lock=False):
    """Return whoever in the county has this ID number, or None."""
    people = Resident.objects.filter(county_code=county_code, id_index=blind_index(text18))
    return (people.select_for_update() if lock else people).first()


def standing_place(person, schemes, by):
    """Return where somebody is enrolled already, in words; '' where a scheme may be added here."""
    is_here = person.village_code.startswith(by.area_code)
    joined = set(person.standing_schemes())
    return "" if is_here and not joined & set(schemes) else place_of(person)


def place_of(person):
    """Return a person's town and village in words: 三合镇李庄村."""
    codes = [person.village_code[:TOWN_CODE_LENGTH], person.village_code]
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return "".join(names.get(code, code) for code in codes)


def verdicts_of(newcomer, known, county_code):
    """Return what stands against somebody's joining; the page asks this while it is typed."""
    standing = set(known.standing_schemes() if known else ())
    asked = [
        Asked(
            scheme,
            newcomer.number.born_on,
            sorted(standing | set(newcomer.schemes)),
            hukou_of(newcomer),
            newcomer.other_cover,
            newcomer.number.sex,
            blind_index(newcomer.number.text18).hex(),
        )
        for scheme in newcomer.schemes
    ]
    return judge(asked, county_code)


def hukou_of(newcomer):
    """Return the hukou that counts: a residence permit says by itself that there is none here."""
    is_permit = newcomer.number.kind == "residence_permit"
    return Resident.Hukou.PERMIT if is_permit else newcomer.hukou


def open_tiers(county_code, scheme, year=None):
    """Return the amounts that anybody may choose in a year, lowest first; empty without policy."""
    table = tier_table(county_code, scheme, year or today().year)
    return [t["amount"] for t in table if t["amount"] is not None and not t["proxy_only"]]


def _refuse_closed_tiers(newcomer, county_code):
    for scheme, amount in newcomer.tiers.items():
        tiers = open_tiers(county_code, scheme)
        if amount is not None and tiers and amount not in tiers:
            shown = "/".join(f"{tier:.0f}" for tier in tiers)
            raise TierNotOpen(amount=f"{amount:.0f}", year=today().year, tiers=shown)


# --- Writing --------------------------------------------------------------------------------------


def _take_effect(newcomer, known, by):
    person = known or _new_resident(newcomer)
    for scheme in newcomer.schemes:
        amount = newcomer.tiers[scheme]
        Enrolment.objects.update_or_create(
            county_code=person.county_code,
            resident=person,
            scheme_id=scheme,
            defaults={
                "village_code": person.village_code,
                "status": Enrolment.Status.ACTIVE,
                "started_on": covered_from(person.county_code, scheme, person.born_on, today()),
                "ended_on": None,
                "end_reason": "",
                "registered_tier": amount,
            },
        )
        if amount is not None:
            _note_choice(person, scheme, amount, by)
        run_statement(
            "count_new_payer",
            {
                "county_code": person.county_code,
                "village_code": person.village_code,
                "scheme_id": scheme,
                "person": person.pk,
                "born_on": person.born_on,
                "sex": person.sex,
                "today": today(),
                **ages_of(scheme),
            },
        )
    return person


def _note_choice(person, scheme, amount, by):
    TierChoice.objects.create(
        county_code=person.county_code,
        village_code=person.village_code,
        resident=person,
        scheme_id=scheme,
        year=today().year,
        amount=amount,
        occasion=TierChoice.Occasion.REGISTRATION,
        chosen_by=by,
    )


def _new_resident(newcomer):
    person = Resident(
        county_code=newcomer.village_code[:6],
        village_code=newcomer.village_code,
        hukou=hukou_of(newcomer),
        other_cover=newcomer.other_cover,
        household=_household(newcomer),
    )
    person.take_name(newcomer.name)
    number = newcomer.number
    person.take_id_number(number.text18, number.born_on, number.sex)
    person.take_phone(newcomer.phone)
    person.save()
    return person


def _household(newcomer):
    """Return the household a newcomer lives in: the one named, a new one for the next to follow,
    or none.
    """
    if not newcomer.household_number and not newcomer.starts_household:
        return None
    number = newcomer.household_number or _next_number(newcomer.village_code)
    household, _is_new = Household.objects.get_or_create(
        county_code=newcomer.village_code[:6],
        village_code=newcomer.village_code,
        number=number,
        defaults={"head_name": newcomer.name},
    )
    return household


def _next_number(village_code):
    """Return the first number above those of a village's households; one clerk at a time."""
    Area.objects.select_for_update().get(code=village_code)
    numbers = Household.objects.filter(
        Q(number__regex=r"^[0-9]{1,9}$"), county_code=village_code[:6], village_code=village_code
    ).values_list("number", flat=True)
    return f"{max(map(int, numbers), default=0) + FIRST_NUMBER:0{NUMBER_WIDTH}d}"


def household_number(made):
    """Return the number of the household that a registration or its case has put somebody in."""
    if isinstance(made, Case):
        return next((one.after for one in made.all_items if one.item == "household"), "")
    return made.resident.household.number


def welcome(made):
    """Return the sentence that says who was registered."""
    tiers = {e.scheme_id: e for e in made.resident.enrolments.select_related("scheme")}
    joined = [_joined(tiers[scheme]) for scheme in made.schemes]
    said = _("已登记 %(name)s：%(joined)s，%(place)s") % {
        "name": made.resident.name,
        "joined": "、".join(joined),
        "place": place_of(made.resident),
    }
    days = [pay_by(made.county_code, scheme, made.resident.born_on) for scheme in made.schemes]
    if not any(days):
        return said
    return said + _("；新生儿须在 %(day)s 前缴费，自出生之日起享受待遇") % {
        "day": max(filter(None, days))
    }


def _joined(enrolment):
    scheme, tier = _(enrolment.scheme.short_name), enrolment.registered_tier
    if tier is None:
        return scheme
    return _("%(scheme)s %(tier)s 元") % {"scheme": scheme, "tier": f"{tier:.0f}"}
