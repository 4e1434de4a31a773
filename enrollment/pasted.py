"""Find everybody on a pasted list of ID numbers, and say why the others were not found (批量查找).

A column copied from a sheet may bring names and phones along; only what could be an ID number is
looked at. Three statements, however long the list is.
"""

import re
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from enrollment.models import Resident
from pension_portal.cells import id_texts
from pension_portal.clock import today
from pension_portal.identity import SENTENCES, faults, upgrade
from pension_portal.masking import mask_id
from pension_portal.secrecy import blind_indexes
from staff.audit import record
from townships.models import TOWN_CODE_LENGTH, Area

MOST_NUMBERS = 5_000
SHORTEST = 12  # characters; what is shorter is a phone, a day or a tier

_PARTS = re.compile(r"[\s,，;；、|]+")
_NUMBER = re.compile(r"[0-9]{11,}[0-9XxΧхХ]*")


class Sought(NamedTuple):
    """One number of the list: its place, the number masked, and whose it is or why it is not."""

    place: int
    masked: str
    resident: Resident | None
    reason: str


def numbers_in(text):
    """Return what in a text could be an ID number, in order, at most MOST_NUMBERS."""
    parts, _marks = id_texts([part for part in _PARTS.split(text) if part])
    found = [part for part in parts if len(part) >= SHORTEST and _NUMBER.fullmatch(part)]
    return found[:MOST_NUMBERS]


@transaction.atomic
def find_pasted(text, *, by):
    """Return a Sought for each ID number in a text, in order; the trail keeps how many."""
    numbers = numbers_in(text)
    wrong = faults(numbers, today())
    whole = [upgrade(number) if len(number) == 15 else number for number in numbers]
    indexes = blind_indexes(
        [number if not fault else "" for number, fault in zip(whole, wrong, strict=True)]
    )
    known = Resident.objects.visible_to(by).in_bulk_by_index(indexes)
    elsewhere = _towns_elsewhere(by.area_code[:6], set(indexes) - set(known) - {None})
    seen, sought = {}, []
    for place, (number, fault, index) in enumerate(zip(whole, wrong, indexes, strict=True), 1):
        first = seen.setdefault(number, place)
        resident = None if first != place else known.get(index)
        reason = ""
        if resident is None:
            reason = _why(fault, first if first != place else None, elsewhere.get(index))
        sought.append(Sought(place, mask_id(number), resident, reason))
    if numbers:
        record("find_pasted", by=by, rows=len(numbers), found=len(known))
    return sought


def _why(fault, first, town):
    """Return why a number brought nobody, and what to do."""
    if first:
        return _("与第 %(place)s 个号码相同，只列一次") % {"place": first}
    if fault:
        return str(SENTENCES[fault])
    if town:
        return _("在%(town)s登记，需要时联系该乡镇") % {"town": town}
    return _("本县没有此人的档案，可新增参保")


def _towns_elsewhere(county_code, indexes):
    """Return {index: town's name} of those registered in the county but out of one's area."""
    if not indexes:
        return {}
    known = Resident.objects.filter(county_code=county_code, id_index__in=indexes)
    places = {bytes(index): code for index, code in known.values_list("id_index", "village_code")}
    codes = {code[:TOWN_CODE_LENGTH] for code in places.values()}
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return {
        index: names.get(code[:TOWN_CODE_LENGTH], code[:TOWN_CODE_LENGTH])
        for index, code in places.items()
    }
