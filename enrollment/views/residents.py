"""The registry's pages: find people, open one, see a hidden number (参保居民)."""

from dataclasses import dataclass

from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from enrollment.finding import MOST_FOUND, MOST_SORTED, FoundPages, find
from enrollment.forms import FindForm, RevealForm
from enrollment.models import Enrolment, Resident, SpecialIdentity
from enrollment.pasted import numbers_in
from enrollment.registration_form import schemes_to_join
from enrollment.revealing import REASONS, SECRETS, SHOWN_SECONDS, reveal
from enrollment.timeline import timeline_of
from pension_portal.clock import today
from pension_portal.masking import mask_bank_card, mask_id, mask_phone
from policies.answers import tier_table
from staff.audit import record
from staff.permissions import may, needs
from townships.models import TOWN_CODE_LENGTH, Area

HAPPENINGS_SHOWN = 12
MASKS = {"id_number": mask_id, "phone": mask_phone, "bank_account": mask_bank_card}


# --- The list -------------------------------------------------------------------------------------


@needs("view_person")
@require_GET
def residents(request):
    """The people of one's area; a search that finds one person goes straight to them."""
    form = FindForm(request.GET, staff=request.user)
    asked = form.cleaned_data if form.is_valid() else {}
    people = Resident.objects.visible_to(request.user)
    if asked.get("area"):
        people = people.filter(village_code__startswith=asked["area"])
    words = asked.get("q", "")
    most = MOST_SORTED if words.strip() else MOST_FOUND
    pages = FoundPages(find(people, words, request.user.area_code), most)
    if set(request.GET) == {"q"} and asked.get("q") and pages.count == 1 and not request.htmx:
        return redirect("enrollment:resident", pages.object_list[0].pk)
    page = pages.get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "lines": lines_of(page), "asked": asked}
    context["may_enrol"] = may(request.user, "enrol")
    template = "enrollment/_found.html" if request.htmx else "enrollment/residents.html"
    answer = render(request, template, context)
    if numbers_in(words):
        answer["HX-Push-Url"] = "false"  # a full number must not stay in the browser's history
    return answer


@needs("view_person")
@require_GET
def lost_tiers(request):
    """Those whose registered tier is none of this year's: somebody asks them which they want."""
    county_code = request.user.area_code[:6]
    lost = Q(pk__in=[])
    for scheme in schemes_to_join(county_code):
        # A tier kept for proxy payments is no choice, but whoever is paid for may stand at it.
        tiers = [tier["amount"] for tier in tier_table(county_code, scheme.pk, today().year)]
        found = Enrolment.objects.with_a_lost_tier(scheme.pk, tiers)
        lost |= Q(pk__in=found.filter(county_code=county_code).values("resident"))
    people = Resident.objects.visible_to(request.user).filter(lost).filter(life_status="alive")
    page = FoundPages(people.order_by("village_code", "id")).get_page(request.GET.get("page"))
    context = {"page": page, "lines": lines_of(page), "year": today().year}
    return render(request, "enrollment/lost_tiers.html", context)


@dataclass
class Line:
    """One person as the list shows them."""

    resident: Resident
    places: list
    masked_id: str
    enrolments: list
    identities: list


def lines_of(page):
    """Return the lines of a page of people, with three statements however many they are."""
    people = list(page)
    ids = [person.pk for person in people]
    enrolments = by_resident(Enrolment.objects.filter(resident__in=ids).select_related("scheme"))
    identities = by_resident(
        SpecialIdentity.objects.filter(resident__in=ids, valid_to=None)
        | SpecialIdentity.objects.filter(resident__in=ids, valid_to__gte=today())
    )
    names = names_of(code for person in people for code in codes_of(person))
    return [
        Line(
            person,
            [names.get(code, code) for code in codes_of(person)],
            mask_id(person.id_number),
            enrolments.get(person.pk, []),
            identities.get(person.pk, []),
        )
        for person in people
    ]


def by_resident(rows):
    """Return resident id → their rows, in the order of the scheme or identity."""
    found = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.resident_id, []).append(row)
    return found


def codes_of(person):
    """Return the codes of a person's town, village and group."""
    codes = [person.village_code[:TOWN_CODE_LENGTH], person.village_code]
    return [*codes, person.group_code] if person.group_code else codes


def names_of(codes):
    """Return code → name of areas, with one statement."""
    return dict(Area.objects.filter(code__in=set(codes)).values_list("code", "name"))


# --- One person -----------------------------------------------------------------------------------


@needs("view_person")
@require_GET
@never_cache
def resident(request, resident_id):
    """One person: who they are, with whom they live, what they joined; opening it is on record."""
    person = _resident_or_404(request, resident_id)
    record("view_person", person, by=request.user, area_code=person.village_code)
    names = names_of(codes_of(person))
    enrolments = list(person.enrolments.select_related("scheme").order_by("scheme_id"))
    context = {
        "resident": person,
        "places": [names.get(code, code) for code in codes_of(person)],
        "secrets": {what: _secret(person, what) for what in SECRETS},
        "may_reveal": may(request.user, "reveal_person"),
        "may_enrol": may(request.user, "enrol"),
        "reasons": REASONS,
        "year": today().year,
        "age": age_on(today(), person.born_on),
        "enrolments": enrolments,
        "registered": [e for e in enrolments if e.status == Enrolment.Status.ACTIVE],
        "identities": [
            {"identity": held, "is_over": held.valid_to is not None and held.valid_to < today()}
            for held in person.identities.order_by("-valid_from", "identity")
        ],
        "members": _household_members(request, person),
    }
    return render(request, "enrollment/resident.html", context)


@needs("view_person")
@require_GET
@never_cache
def timeline(request, resident_id):
    """The part of the person page that says everything that happened, the newest first."""
    found = timeline_of(_resident_or_404(request, resident_id), request.user)
    context = {"newest": found[:HAPPENINGS_SHOWN], "older": found[HAPPENINGS_SHOWN:]}
    return render(request, "enrollment/_resident_timeline.html", context)


def _resident_or_404(request, resident_id):
    people = Resident.objects.visible_to(request.user).select_related("household")
    return get_object_or_404(people, pk=resident_id)


def _household_members(request, person):
    """Return the others of a household as lines, the oldest first."""
    if not person.household_id:
        return []
    others = Resident.objects.visible_to(request.user).filter(household=person.household_id)
    return lines_of(others.exclude(pk=person.pk).order_by("born_on", "pk"))


def age_on(day, born_on):
    """Return whole years lived; a birthday counts from the day itself."""
    had_birthday = (day.month, day.day) >= (born_on.month, born_on.day)
    return day.year - born_on.year - (not had_birthday)


# --- Hidden numbers -------------------------------------------------------------------------------


def _secret(person, what):
    """Return what a page shows of a hidden number."""
    return {
        "what": what,
        "label": SECRETS[what],
        "masked": MASKS[what](getattr(person, what) or ""),
    }


@needs("reveal_person")
@require_POST
@never_cache
def reveal_secret(request, resident_id):
    """Show one number in full; the page hides it again after half a minute."""
    person = _resident_or_404(request, resident_id)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _secret_fragment(request, person, request.POST.get("what"), form=form, status=422)
    what = form.cleaned_data["what"]
    text = reveal(
        person,
        what,
        reason=form.cleaned_data["reason"],
        by=request.user,
        address=request.META.get("REMOTE_ADDR"),
    )
    return _secret_fragment(request, person, what, text=text, seconds=SHOWN_SECONDS)


@needs("view_person")
@require_GET
def hidden_secret(request, resident_id, what):
    """The hidden form of a number again."""
    return _secret_fragment(request, _resident_or_404(request, resident_id), what)


def _secret_fragment(request, person, what, *, status=200, **shown):
    secret = _secret(person, what if what in SECRETS else "id_number")
    context = {
        "resident": person,
        "secret": secret,
        "reasons": REASONS,
        "may_reveal": may(request.user, "reveal_person"),
        **shown,
    }
    return render(request, "enrollment/_secret.html", context, status=status)
