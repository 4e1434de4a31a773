"""The things of a record that a case can change (变更项): each is read, written and shown here.

    read("tier_1", person)                → "300.00"
    write("tier_1", person, "500.00", case)
    shown("tier_1", "500.00")             → "500.00 元"

Every value is a text, empty for none, so that what was before and what comes after are kept sealed
and compared as they are. A special identity is `2020-01-01~2021-12-31/2`: from, to, grade.
"""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.errors import IdNumberTaken
from enrollment.models import Enrolment, Household, Resident, SpecialIdentity, TierChoice
from enrollment.newborns import covered_from
from pension_portal.clock import today
from pension_portal.identity import birth_certificate, check_id_number, is_birth_certificate
from pension_portal.masking import mask_bank_card, mask_id, mask_phone
from pension_portal.money import yuan
from pension_portal.secrecy import blind_index
from policies.schemes import SHORT_NAMES
from townships.models import TOWN_CODE_LENGTH, Area

MASKS = {"id_number": mask_id, "phone": mask_phone, "bank_account": mask_bank_card}
LABELS = {
    "name": gettext_lazy("姓名"),
    "id_number": gettext_lazy("证件号码"),
    "birth": gettext_lazy("出生日期和性别"),
    "village": gettext_lazy("户籍地区"),
    "household": gettext_lazy("户编号"),
    "phone": gettext_lazy("联系电话"),
    "bank_account": gettext_lazy("银行账号"),
    "hukou": gettext_lazy("户籍"),
    "other_cover": gettext_lazy("其他参保情况"),
    "life_status": gettext_lazy("人员状态"),
    "other": gettext_lazy("其他变更"),
}


def label(item):
    """Return what an item is called on forms."""
    if item in LABELS:
        return str(LABELS[item])
    what, _line, key = item.partition("_")
    if what == "identity":
        return str(SpecialIdentity.Kind(key).label)
    words = {"tier": _("登记档次"), "status": _("参保状态")}[what]
    return f"{SHORT_NAMES[int(key)]}{words}"


# --- Reading --------------------------------------------------------------------------------------


def read(item, person):
    """Return the value of an item as the record has it now; '' where there is none, or nobody."""
    if person is None or item == "other":
        return ""
    what, _line, key = item.partition("_")
    if item in READ:
        return READ[item](person)
    if what == "identity":
        return _identity_text(_identity_of(person, key))
    enrolment = person.enrolments.filter(scheme_id=int(key)).first()
    if enrolment is None:
        return ""
    if what == "status":
        return enrolment.status
    return "" if enrolment.registered_tier is None else f"{enrolment.registered_tier:.2f}"


READ = {
    "name": lambda person: person.name,
    "id_number": lambda person: person.id_number,
    "birth": lambda person: "",
    "village": lambda person: person.village_code,
    "household": lambda person: person.household.number if person.household else "",
    "phone": lambda person: person.phone or "",
    "bank_account": lambda person: person.bank_account or "",
    "hukou": lambda person: person.hukou,
    "other_cover": lambda person: person.other_cover,
    "life_status": lambda person: person.life_status,
}


def _identity_of(person, kind):
    """Return the record of an identity that holds today or later; None without one."""
    found = person.identities.filter(identity=kind).order_by("-valid_from")
    return next((one for one in found if not one.valid_to or one.valid_to >= today()), None)


def _identity_text(held):
    return f"{held.valid_from}~{held.valid_to or ''}/{held.grade or ''}" if held else ""


# --- Writing --------------------------------------------------------------------------------------


def write(item, person, value, case):
    """Bring one item of a record to its new value; the caller saves the person afterwards.

    Refuses IdNumberTaken.
    """
    what, _line, key = item.partition("_")
    if item in WRITE:
        WRITE[item](person, value)
    elif what == "status":
        _write_status(int(key), person, value, case)
    elif what == "tier":
        _write_tier(int(key), person, Decimal(value), case)
    elif what == "identity":
        _write_identity(key, person, value, case)


def _write_name(person, value):
    person.take_name(value)


def _write_id_number(person, value):
    refuse_a_taken_number(value, person.county_code, but=person)
    birth = f"{person.born_on}/{person.sex}" if person.born_on else f"{today()}/"
    known = number_of(value, birth)
    person.take_id_number(known.text18, known.born_on, known.sex)


def number_of(value, birth):
    """Return the IdNumber of a case's item; `birth` says what a birth certificate does not show."""
    if not is_birth_certificate(value):
        return check_id_number(value, today())
    born_on, _slash, sex = birth.partition("/")
    return birth_certificate(value, date.fromisoformat(born_on), sex)


def refuse_a_taken_number(number, county_code, *, but=None):
    """Refuse IdNumberTaken where somebody else of the county has this ID number."""
    same = Resident.objects.filter(id_index=blind_index(number), county_code=county_code)
    if other := same.exclude(pk=but and but.pk).first():
        raise IdNumberTaken(name=other.name, place=place_words(other.village_code))


def _write_village(person, value):
    """Move somebody, and all their enrolments and identities with them (A08)."""
    person.village_code, person.group_code, person.household = value, "", None
    if person.pk:
        person.enrolments.update(village_code=value)
        person.identities.update(village_code=value)


def _write_household(person, value):
    person.household = None
    if value:
        person.household, _made = Household.objects.get_or_create(
            county_code=person.county_code,
            village_code=person.village_code,
            number=value,
            defaults={"head_name": person.name},
        )


def _write_birth(person, value):
    """Set what a birth certificate's number does not show; the item is empty for all others."""
    if value:
        born_on, _slash, person.sex = value.partition("/")
        person.born_on = date.fromisoformat(born_on)


def _write_hukou(person, value):
    person.hukou = value


def _write_other_cover(person, value):
    person.other_cover = value


def _write_life_status(person, value):
    person.life_status = value


WRITE = {
    "name": _write_name,
    "id_number": _write_id_number,
    "birth": _write_birth,
    "village": _write_village,
    "household": _write_household,
    "phone": Resident.take_phone,
    "bank_account": Resident.take_bank_account,
    "hukou": _write_hukou,
    "other_cover": _write_other_cover,
    "life_status": _write_life_status,
}


def _enrolments(person, scheme_id):
    return person.enrolments.filter(scheme_id=scheme_id)


def _write_status(scheme_id, person, value, case):
    ends = value == Enrolment.Status.TERMINATED
    changes = {"status": value}
    if ends:
        changes |= {"ended_on": case.happened_on, "end_reason": case.reason_words[:60]}
    elif value == Enrolment.Status.ACTIVE:
        changes |= {"ended_on": None, "end_reason": ""}
    if _enrolments(person, scheme_id).update(**changes) == 0:
        Enrolment.objects.create(
            county_code=person.county_code,
            resident=person,
            village_code=person.village_code,
            scheme_id=scheme_id,
            started_on=covered_from(
                person.county_code, scheme_id, person.born_on, case.happened_on or today()
            ),
            **changes,
        )


def _write_tier(scheme_id, person, amount, case):
    """The first tier of somebody who joins; later ones are chosen at the desk (`electing`)."""
    _enrolments(person, scheme_id).update(registered_tier=amount)
    TierChoice.objects.create(
        county_code=person.county_code,
        village_code=person.village_code,
        resident=person,
        scheme_id=scheme_id,
        year=today().year,
        amount=amount,
        occasion=TierChoice.Occasion.REGISTRATION,
        chosen_by=case.made_by,
    )


def _write_identity(kind, person, value, case):
    held = _identity_of(person, kind)
    if not value:
        held.valid_to = max(case.happened_on or today(), held.valid_from)
        held.save(update_fields=["valid_to"])
        return
    days, _slash, grade = value.partition("/")
    since, _wave, until = days.partition("~")
    SpecialIdentity.objects.update_or_create(
        county_code=person.county_code,
        resident=person,
        identity=kind,
        valid_from=date.fromisoformat(since),
        defaults={
            "village_code": person.village_code,
            "grade": int(grade) if grade else None,
            "valid_to": date.fromisoformat(until) if until else None,
            "source_note": case.number,
        },
    )


# --- Showing --------------------------------------------------------------------------------------


def shown(item, value):
    """Return a value as a page shows it: secrets masked, codes as words, `--` for none."""
    if not value:
        return "--"
    if item in MASKS:
        return MASKS[item](value)
    what, _line, _key = item.partition("_")
    if item == "village":
        return place_words(value)
    if item == "hukou":
        return str(Resident.Hukou(value).label)
    if item == "other_cover":
        return str(Resident.OtherCover(value).label)
    if item == "life_status":
        return str(Resident.LifeStatus(value).label)
    if what == "status":
        return str(Enrolment.Status(value).label)
    if what == "tier":
        return _("%(tier)s 元") % {"tier": yuan(Decimal(value))}
    if what == "identity":
        days, _slash, grade = value.partition("/")
        return f"{days} {_('%(grade)s级') % {'grade': grade}}" if grade else days
    return value


def place_words(village_code):
    """Return a village with its town in front, as forms write it."""
    codes = [village_code[:TOWN_CODE_LENGTH], village_code]
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return "".join(names.get(code, code) for code in codes)
