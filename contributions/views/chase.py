"""Doors of chasing at a desk: one person's contacts, leads to look into, who answers for whom."""

import uuid
from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contributions.chasing import decide_lead, note_contact, take_back_contact
from contributions.collectors import save_collector
from contributions.forms import CollectorForm, ContactForm, LeadForm
from contributions.models import Chase, Collector, CollectorArea, Contact, Lead
from enrollment.models import Enrolment, Resident
from pension_portal.clock import today
from policies.switching import campaigns
from policies.words import BASIC
from staff.models import Duty, Staff
from staff.navigation import address_or_none
from staff.permissions import may, needs
from townships.models import VILLAGE_CODE_LENGTH, Area

CONTACTS_SHOWN = 20
LINES_PER_PAGE = 50


# --- One person -------------------------------------------------------------------------------


@needs("view_person")
@require_GET
def resident_contacts(request, resident_id):
    """The part of the person page about reminding: how they stand, and every contact."""
    person = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    return _contacts_of(request, person, ContactForm())


def _contacts_of(request, person, form, status=200):
    contacts = Contact.objects.visible_to(request.user).filter(resident=person)
    chases = Chase.objects.filter(resident=person, year=today().year).order_by("scheme_id")
    schemes = _schemes_of(person)
    context = {
        "resident": person,
        "form": form,
        "key": uuid.uuid4(),
        "chases": chases.select_related("collector"),
        "schemes": schemes,
        "contacts": contacts.select_related("made_by")[:CONTACTS_SHOWN],
        "may_note": may(request.user, "note_contact") and bool(schemes),
        "me": request.user.pk,
    }
    return render(request, "contributions/_resident_contacts.html", context, status=status)


def _schemes_of(person):
    """Return {number: short name} of what somebody is to pay into this year."""
    paying = person.enrolments.filter(status=Enrolment.Status.ACTIVE)
    joined = set(paying.values_list("scheme_id", flat=True))
    collected = campaigns(person.county_code, today().year)
    return {scheme: name for scheme, name in collected.items() if scheme in joined}


@needs("note_contact")
@require_POST
def add_contact(request, resident_id):
    """Note one contact from the person page."""
    person = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    form = ContactForm({**request.POST.dict(), "resident": person.pk})
    if not form.is_valid():
        return _contacts_of(request, person, form, status=422)
    schemes, asked = _schemes_of(person), request.POST.get("scheme", "")
    is_one = asked.isdecimal() and int(asked) in schemes
    note_contact(
        person,
        scheme_id=int(asked) if is_one else next(iter(schemes), BASIC),
        year=today().year,
        outcome=form.cleaned_data["outcome"],
        promised_on=form.cleaned_data["promised_on"],
        note=form.cleaned_data["note"],
        client_key=form.cleaned_data["key"],
        by=request.user,
    )
    return _contacts_of(request, person, ContactForm())


@needs("note_contact")
@require_POST
def take_back(request, contact_id):
    """Take back one's own contact."""
    contacts = Contact.objects.visible_to(request.user).select_related("resident")
    found = get_object_or_404(contacts, pk=contact_id)
    take_back_contact(found, by=request.user)
    return _contacts_of(request, found.resident, ContactForm())


# --- Leads ------------------------------------------------------------------------------------


@needs("view_person")
@require_GET
def leads(request):
    """What was said of deaths and moves and waits for a clerk, by village."""
    found = Lead.objects.visible_to(request.user).select_related(
        "resident", "contact__made_by", "decided_by"
    )
    state = request.GET.get("state", "waiting")
    found = found.waiting() if state == "waiting" else found.exclude(state="waiting")
    page = Paginator(found, LINES_PER_PAGE).get_page(request.GET.get("page"))
    villages = {lead.village_code for lead in page}
    names = dict(Area.objects.filter(code__in=villages).values_list("code", "name"))
    for lead in page:
        lead.village = names.get(lead.village_code, lead.village_code)
    context = {
        "page": page,
        "state": state,
        "may_decide": may(request.user, "decide_lead"),
    }
    return render(request, "contributions/leads.html", context)


@needs("decide_lead")
@require_POST
def decide(request, lead_id):
    """Say whether a lead is true; who says yes goes on to the case that follows."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=lead_id)
    form = LeadForm(request.POST)
    form.is_valid()
    is_true = form.cleaned_data.get("verdict") == Lead.State.CONFIRMED
    case = decide_lead(lead, is_true=is_true, reason=form.cleaned_data["reason"], by=request.user)
    if case:
        messages.success(request, _("已记为属实，档案没有改。补日期和材料后提交这件业务。"))
        return redirect("enrollment:case", case.pk)
    if is_true:
        messages.success(request, _("已记为属实，档案没有改。在这里办理终止或迁移。"))
        return redirect("enrollment:resident", lead.resident_id)
    messages.success(request, _("已记为不属实，档案没有改。"))
    return redirect("contributions:leads")


# --- Who answers for whom ---------------------------------------------------------------------


@needs("view_person")
@require_GET
def collectors(request):
    """Who answers for which villages and groups, and which villages nobody answers for."""
    found = Collector.objects.visible_to(request.user).prefetch_related("areas__area")
    villages = Area.objects.visible_to(request.user).villages().in_force_on(today())
    page = Paginator(found, LINES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "nobody": villages.exclude(pk__in=CollectorArea.objects.values("area_id")).count(),
        "may_set": may(request.user, "set_collectors"),
        "unpaid": address_or_none("contributions:unpaid", request.user.area_code),
    }
    return render(request, "contributions/collectors.html", context)


@needs("set_collectors")
@require_http_methods(["GET", "POST"])
def edit_collector(request, collector_id=None):
    """One responsible person: who, reached how, for which villages and groups."""
    found = Collector.objects.visible_to(request.user)
    collector = get_object_or_404(found, pk=collector_id) if collector_id else None
    form = CollectorForm(
        request.POST or None,
        instance=collector,
        places=_places(request.user),
        people=Staff.objects.filter(pk__in=_people_of(request.user)),
    )
    if request.method == "POST" and form.is_valid():
        save_collector(form, by=request.user)
        messages.success(request, _("责任人已保存。"))
        return redirect("contributions:collectors")
    context = {"form": form, "collector": collector}
    status = 422 if form.errors else 200
    return render(request, "contributions/collector.html", context, status=status)


def _people_of(staff):
    """Accounts that work in a person's area, by duty, for the choice of an account."""
    duties = Duty.objects.in_force_on(today()).filter(area__code__startswith=staff.area_code)
    return duties.values("staff_id")


def _places(staff):
    """The villages of a person's area, each by itself and with its groups, under its name."""
    areas = Area.objects.visible_to(staff).in_force_on(today())
    areas = areas.filter(level__gte=Area.Level.VILLAGE).order_by("code")
    names = {area.code: area.name for area in areas}
    villages = groupby(names.items(), key=lambda place: place[0][:VILLAGE_CODE_LENGTH])
    return [(names.get(village, village), list(places)) for village, places in villages]
