"""The doors of households: county → town → village → group → household → person (Y33)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from enrollment import households as deeds
from enrollment.forms import ExemptionForm, JoinForm, MergeForm, PlaceForm, SplitForm
from enrollment.household_members import BASIC, completeness, members_of, terms_for, terms_of
from enrollment.models import Household, HouseholdExemption, PayableCounter, Resident
from enrollment.statements import fetch_statement
from enrollment.views.residents import lines_of
from pension_portal.clock import today
from policies.schemes import SHORT_NAMES, ages_of
from staff.permissions import may, needs
from townships.models import VILLAGE_CODE_LENGTH, Area

HOUSEHOLDS_PER_PAGE = 50
PEOPLE_PER_PAGE = 50
CODE_LENGTH_BELOW = {6: 9, 9: 12, 12: 14}
AFTER_EVERY_DIGIT = ":"


# --- Down to the household ------------------------------------------------------------------------


@needs("view_person")
@require_GET
def area_households(request, area_code):
    """What stands below an area: towns, villages, groups; in a village or group, its households."""
    area = _area_or_404(request, area_code)
    schemes = {one.policy.scheme_id: one.policy.scheme for one in terms_of(area.county_code)}
    asked = request.GET.get("scheme", "")
    scheme_id = int(asked) if asked.isdecimal() and int(asked) in schemes else BASIC
    context = {
        "area": area,
        "path": _path_of(area, request.user),
        "year": today().year,
        "schemes": schemes.values(),
        "scheme_id": scheme_id,
        "scheme_name": SHORT_NAMES[scheme_id],
        "lines": _lines_below(area, scheme_id),
        "may_change": may(request.user, "change_household"),
    }
    if area.level >= Area.Level.VILLAGE:
        context |= _households_of(request, area, scheme_id)
    return render(request, "enrollment/area_households.html", context)


def _area_or_404(request, area_code):
    return get_object_or_404(Area.objects.visible_to(request.user), pk=area_code)


def _path_of(area, staff):
    """Return the areas above one, from the staff member's own."""
    above = []
    while area.parent_id and len(area.parent_id) >= len(staff.area_code):
        area = area.parent
        above.insert(0, area)
    return above


def _lines_below(area, scheme_id):
    """Return one line for each area below: people, households, to pay, not placed."""
    length = CODE_LENGTH_BELOW.get(len(area.code))
    if length is None:
        return []
    rows = fetch_statement(
        "areas_below",
        {
            "county_code": area.county_code,
            "area_code": area.code,
            "area_end": area.code + AFTER_EVERY_DIGIT,
            "length": length,
            "by_group": length > VILLAGE_CODE_LENGTH,
        },
    )
    found = {row["code"]: row for row in rows}
    payers = _payers_below(area, length, scheme_id)
    children = area.children.in_force_on(today()).order_by("position", "code")
    return [
        {"area": child, "payers": payers.get(child.code), **found.get(child.code, {})}
        for child in children
    ]


def _payers_below(area, length, scheme_id):
    """Return {code: people who are to pay in a scheme}; groups are not counted."""
    counted = PayableCounter.objects.filter(
        county_code=area.county_code, village_code__startswith=area.code, scheme_id=scheme_id
    )
    payers = {}
    for village, people in counted.values_list("village_code").annotate(Sum("people")):
        payers[village[:length]] = payers.get(village[:length], 0) + people
    return payers if length <= VILLAGE_CODE_LENGTH else {}


def _households_of(request, area, scheme_id):
    """Return the households of a village or group, with what a list shows of each."""
    village = area.code[:VILLAGE_CODE_LENGTH]
    found = Household.objects.visible_to(request.user).filter(
        village_code=village, merged_into=None
    )
    if area.level == Area.Level.GROUP:
        people = Resident.objects.filter(household=OuterRef("pk"), group_code=area.code)
        found = found.filter(Exists(people))
    page = Paginator(found.order_by("number", "pk"), HOUSEHOLDS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    lines = _household_lines(area.county_code, list(page), scheme_id)
    return {
        "page": page,
        "households": lines,
        "unplaced": _unplaced(request, area.code).count(),
    }


def _household_lines(county_code, households, scheme_id):
    terms = terms_for(county_code, scheme_id, today().year)
    ages = ages_of(scheme_id)
    rows = fetch_statement(
        "household_lines",
        {
            "county_code": county_code,
            "households": [household.pk for household in households],
            "day": today(),
            "scheme": scheme_id,
            "first_age": terms.first_age if terms else ages["first_age"],
            "end_age": ages["end_age"],
            "barred": sorted(terms.barred) if terms else [],
            "lets_exempt": terms.lets_exempt if terms else True,
            "is_owed": terms.is_owed if terms else True,
        },
    )
    found = {row["household_id"]: row for row in rows}
    return [
        {"household": household, "people": 0, "to_join": 0, "joined": 0}
        | found.get(household.pk, {})
        for household in households
    ]


# --- One household --------------------------------------------------------------------------------


@needs("view_person")
@require_GET
def household(request, household_id):
    """A household for one pass: its members, who is to pay, what each has joined."""
    return _household_with(request, _household_or_404(request, household_id))


def _household_or_404(request, household_id):
    found = Household.objects.visible_to(request.user).select_related("merged_into")
    return get_object_or_404(found, pk=household_id)


def _household_with(request, home, status=200, **forms):
    members = members_of(home, request.user)
    village = Area.objects.get(pk=home.village_code)
    own = [(m.resident.pk, m.resident.name) for m in members if not m.is_guest]
    context = {
        "home": home,
        "village": village,
        "path": [*_path_of(village, request.user), village],
        "members": members,
        "schemes": completeness(members),
        "year": today().year,
        "may_change": may(request.user, "change_household") and not home.merged_into_id,
        "split_form": SplitForm(people=own, prefix="split"),
        "merge_form": MergeForm(prefix="merge"),
        "join_form": JoinForm(prefix="join"),
        "exemption_form": ExemptionForm(people=own, prefix="exempt"),
        "form": next(iter(forms.values()), None),
        **forms,
    }
    return render(request, "enrollment/household.html", context, status=status)


@needs("change_household")
@require_POST
def merge_household(request, household_id):
    """Move everybody of a household into another of its village, named by its number."""
    home = _household_or_404(request, household_id)
    form = MergeForm(request.POST, prefix="merge")
    into = None
    if form.is_valid():
        into = Household.objects.filter(
            village_code=home.village_code, number=form.cleaned_data["number"], merged_into=None
        ).first()
        if into is None or into == home:
            form.add_error("number", _("本村没有这个户编号的别户"))
    if form.errors:
        return _household_with(request, home, 422, merge_form=form)
    moved = deeds.merge_households(home, into, by=request.user)
    words = _("%(count)d 人已并入户 %(number)s。")
    messages.success(request, words % {"count": moved, "number": into.number})
    return redirect("enrollment:household", into.pk)


@needs("change_household")
@require_POST
def split_household(request, household_id):
    """Give the ticked members a household of their own."""
    home = _household_or_404(request, household_id)
    own = list(home.members.values_list("pk", "name"))
    form = SplitForm(request.POST, people=own, prefix="split")
    if not form.is_valid():
        return _household_with(request, home, 422, split_form=form)
    made = deeds.split_household(
        home,
        form.cleaned_data["people"],
        number=form.cleaned_data["number"],
        by=request.user,
    )
    return redirect("enrollment:household", made.pk)


@needs("change_household")
@require_POST
def join_household(request, household_id):
    """Let somebody registered elsewhere count with this household."""
    home = _household_or_404(request, household_id)
    form = JoinForm(request.POST, prefix="join")
    person = None
    if form.is_valid():
        people = Resident.objects.visible_to(request.user).exclude(household=home)
        person = people.filter(id_index=form.number_index()).first()
        if person is None:
            form.add_error("number", _("本辖区别户没有这个证件号码的居民"))
    if form.errors:
        return _household_with(request, home, 422, join_form=form)
    deeds.join_household(person, home, why=form.cleaned_data["why"], by=request.user)
    return redirect("enrollment:household", home.pk)


@needs("change_household")
@require_POST
def leave_household(request, resident_id):
    """Let somebody count with their own household again."""
    person = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    deeds.leave_joined_household(person, by=request.user)
    if person.household_id:
        return redirect("enrollment:household", person.household_id)
    return redirect("enrollment:resident", person.pk)


@needs("change_household")
@require_POST
def exempt_member(request, household_id):
    """Note that a member need not join, with the paper that shows it."""
    home = _household_or_404(request, household_id)
    own = list(home.members.values_list("pk", "name"))
    form = ExemptionForm(request.POST, people=own, prefix="exempt")
    if not form.is_valid():
        return _household_with(request, home, 422, exemption_form=form)
    said = form.cleaned_data
    person = get_object_or_404(home.members.visible_to(request.user), pk=said["person"])
    deeds.exempt_member(
        person,
        said["code"],
        evidence=said["evidence"],
        evidence_on=said["evidence_on"],
        by=request.user,
    )
    return redirect("enrollment:household", home.pk)


@needs("change_household")
@require_POST
def end_exemption(request, exemption_id):
    """End an exemption: the person counts again."""
    found = HouseholdExemption.objects.visible_to(request.user).select_related("resident")
    exemption = get_object_or_404(found, pk=exemption_id)
    deeds.end_exemption(exemption, by=request.user)
    if exemption.resident.household_id:
        return redirect("enrollment:household", exemption.resident.household_id)
    return redirect("enrollment:resident", exemption.resident_id)


# --- Without household or group -------------------------------------------------------------------


@needs("view_person")
@require_GET
def unplaced_people(request, area_code):
    """People of an area without a household or a group, to be placed (村不漏组、组不漏户)."""
    return _unplaced_with(request, _area_or_404(request, area_code))


def _unplaced(request, area_code):
    """Return the living of an area who have no household or no group."""
    people = Resident.objects.visible_to(request.user).inside(area_code)
    return people.filter(
        Q(household=None) | Q(group_code=""), life_status=Resident.LifeStatus.ALIVE
    ).order_by("village_code", "id")


def _unplaced_with(request, area, status=200, form=None):
    page = Paginator(_unplaced(request, area.code), PEOPLE_PER_PAGE).get_page(
        request.GET.get("page")
    )
    village = area if area.level >= Area.Level.VILLAGE else None
    context = {
        "area": area,
        "path": [*_path_of(area, request.user), area],
        "page": page,
        "lines": lines_of(page),
        "may_place": may(request.user, "change_household") and village is not None,
        "form": form or PlaceForm(groups=_groups_of(village)),
    }
    return render(request, "enrollment/unplaced_people.html", context, status=status)


def _groups_of(village):
    if village is None:
        return []
    groups = Area.objects.filter(parent=village.code[:VILLAGE_CODE_LENGTH]).in_force_on(today())
    return list(groups.order_by("position", "code").values_list("code", "name"))


@needs("change_household")
@require_POST
def place_people(request, area_code):
    """Put the ticked people into a household and a group of their village."""
    area = _area_or_404(request, area_code)
    form = PlaceForm(request.POST, groups=_groups_of(area))
    if not form.is_valid():
        return _unplaced_with(request, area, 422, form=form)
    ids = [int(text) for text in request.POST.getlist("person") if text.isdigit()]
    chosen = _unplaced(request, area.code).filter(pk__in=ids).values_list("pk", flat=True)
    placed = deeds.place_people(
        list(chosen),
        number=form.cleaned_data["number"],
        group_code=form.cleaned_data["group"],
        by=request.user,
    )
    messages.success(request, _("已落实 %(count)d 人的户和组。") % {"count": placed})
    return redirect("enrollment:unplaced_people", area.code)
