"""Register one person: the form, what it says while it is typed, its draft and papers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from enrollment import drafts
from enrollment.models import Paper, SpecialIdentity
from enrollment.papers import add_paper
from enrollment.registering import (
    ask_for_registration,
    household_number,
    known_resident,
    needs_approval,
    place_of,
    register_person,
    standing_place,
    verdicts_of,
    welcome,
)
from enrollment.registration_form import RegistrationForm
from enrollment.views.residents import age_on
from pension_portal.clock import today
from pension_portal.identity import PROVINCES
from pension_portal.refusals import Refusal
from staff.permissions import needs

DRAFT = "registration"
LAST_VILLAGE = "last_village"
HOUSEHOLD = "household"
TYPED = ("id_number", "name", "phone")  # a draft without any of these is a blank form


@needs("enrol")
@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters()
def new_person(request):
    """The form, with what was being typed; saved, it is blank again and says who was registered."""
    if request.method == "POST":
        return _register(request)
    draft = drafts.draft_of(DRAFT, by=request.user)
    kept = drafts.fields_of(draft)
    has_content = any(kept.get(name) for name in TYPED)
    initial = {**_defaults(request), **(kept if has_content else {})}
    form = RegistrationForm(staff=request.user, initial=initial)
    return _page(request, form, draft=draft, restored=draft if has_content else None)


def _register(request):
    form = RegistrationForm(request.POST, staff=request.user)
    draft = drafts.draft_of(DRAFT, by=request.user)
    goes_on = request.POST.get("then") == HOUSEHOLD
    if not form.is_valid():
        return _page(request, form, draft=draft, status=422)
    newcomer = form.newcomer(starts_household=goes_on)
    draft = draft or drafts.save_draft(DRAFT, {}, by=request.user)
    Paper.objects.create(kind=form.cleaned_data["shown"], draft=draft, added_by=request.user)
    asks = needs_approval(request.user.county_code)
    register = ask_for_registration if asks else register_person
    try:
        made = register(newcomer, by=request.user, draft=draft)
    except Refusal as refusal:
        draft.papers.filter(file=None).delete()
        form.add_error("id_number", str(refusal))
        return _page(request, form, draft=draft, status=422)
    request.session[LAST_VILLAGE] = newcomer.village_code
    blank = RegistrationForm(
        staff=request.user, initial=_carried_over(made, newcomer) if goes_on else _defaults(request)
    )
    return _page(request, blank, made=made, asks=asks, welcome=None if asks else welcome(made))


def _defaults(request):
    """Return what a blank form begins with: the village of the last one."""
    return {"village": request.session.get(LAST_VILLAGE, "")}


def _carried_over(made, newcomer):
    """Return what the next person of the same household shares."""
    return {
        "village": newcomer.village_code,
        "phone": newcomer.phone,
        "household_number": household_number(made),
        "hukou": newcomer.hukou,
    }


def _page(request, form, *, draft=None, status=200, **more):
    context = {
        "form": form,
        "papers": draft.papers.exclude(file=None) if draft and draft.pk else [],
        "paper_kinds": Paper.Kind.choices,
        **more,
    }
    template = "_registration_form" if request.htmx else "new_person"
    return render(request, f"enrollment/{template}.html", context, status=status)


@needs("enrol")
@require_POST
@never_cache
@sensitive_post_parameters()
def check(request):
    """What is known of a number, and whether its owner may join, while the form is typed."""
    form = RegistrationForm(request.POST, staff=request.user)
    form.is_valid()
    number = form.cleaned_data.get("id_number")
    context = {"errors": form.errors.get("id_number")}
    if number:
        context |= _what_is_known(request, form, number)
    return render(request, "enrollment/_judgement.html", context)


def _what_is_known(request, form, number):
    known = known_resident(number.text18, request.user.area_code[:6])
    newcomer = form.newcomer()
    verdicts = verdicts_of(newcomer, known, request.user.area_code[:6]) if newcomer.tiers else []
    against = {verdict.scheme_id for verdict in verdicts}
    is_here = known and known.village_code.startswith(request.user.area_code)
    return {
        "number": number,
        "document": _document(number),
        "age": age_on(today(), number.born_on),
        "sex": _("男") if number.sex == "m" else _("女"),
        "known": known,
        "is_here": is_here,
        "enrolled_at": standing_place(known, newcomer.schemes, request.user) if known else "",
        "lives_at": place_of(known) if known else "",
        "identities": SpecialIdentity.objects.filter(resident=known) if is_here else [],
        "verdicts": verdicts,
        "eligible": [s for s in form.schemes if s.pk in newcomer.tiers and s.pk not in against],
        "may_waive": any(verdict.may_be_waived for verdict in verdicts),
    }


def _document(number):
    """Return what a number says of its document; '' for an ID card."""
    if number.kind == "residence_permit":
        return _("港澳台居民居住证")
    # 9, the province that issued it, the country.
    is_card = number.kind == "foreigner" and number.text18[1:3] in PROVINCES
    return _("外国人永久居留证") if is_card else ""


@needs("enrol")
@require_POST
@never_cache
@sensitive_post_parameters()
def keep_draft(request):
    """Keep the form as it stands; nothing is checked."""
    drafts.save_draft(DRAFT, request.POST, by=request.user)
    return HttpResponse(status=204)


@needs("enrol")
@require_POST
def clear_draft(request):
    """Forget what was typed; the page begins anew."""
    drafts.drop_draft(DRAFT, by=request.user)
    return begin_anew()


def begin_anew():
    """Have htmx load the page again."""
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


@needs("enrol")
@require_POST
@never_cache
def new_paper(request):
    """Keep a photo with the draft; the form goes on."""
    draft = drafts.draft_of(DRAFT, by=request.user)
    draft = draft or drafts.save_draft(DRAFT, {}, by=request.user)
    upload, kind = request.FILES.get("paper"), request.POST.get("kind")
    if upload and kind in Paper.Kind.values:
        add_paper(upload, kind, draft=draft, by=request.user)
    return render(request, "enrollment/_papers.html", {"papers": draft.papers.exclude(file=None)})
