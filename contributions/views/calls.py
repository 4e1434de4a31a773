"""Doors of the village's telephone list: page, people, what was kept offline (逐户联系).

The page works for a day without network. Its people come as JSON, kept by the service worker; what
is noted waits in the browser and is sent when it can, each piece under a key of its own.
"""

import json
from itertools import groupby

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from contributions.chasing import note_contact, set_visit, take_back_contact
from contributions.errors import PersonNotHere, PieceUnreadable
from contributions.forms import ContactForm, PeopleFilter, TakeBackForm
from contributions.messages import fill_message, message_of
from contributions.models import Contact, Outcome
from contributions.unpaid import unpaid
from contributions.unpaid_lists import lines_of
from enrollment.models import Resident
from pension_portal.refusals import Refusal
from staff.audit import record
from staff.permissions import may, needs
from townships.models import Area, TaskPlan

MOST_AT_ONCE = 200
KEPT_HOURS = 24
# The outcomes in the order of a thumb: what is said most stands first.
CHIPS = (
    Outcome.PROMISED,
    Outcome.NO_ANSWER,
    Outcome.AWAY,
    Outcome.SAYS_PAID,
    Outcome.REFUSES,
    Outcome.WRONG_NUMBER,
    Outcome.MOVED,
    Outcome.DEAD,
)


@needs("note_contact")
@require_GET
def calls(request, village_code):
    """The page: household by household, one person after the other."""
    village = _village_or_404(request, village_code)
    chosen = PeopleFilter(request.GET).chosen()
    context = {
        "village": village,
        "chosen": chosen,
        "chips": [(chip.value, chip.label) for chip in CHIPS],
        "kept_hours": KEPT_HOURS,
    }
    return render(request, "contributions/calls.html", context)


@needs("note_contact")
@require_GET
def call_list(request, village_code):
    """The unpaid of a village by household, with the numbers to call; opening it is on record."""
    village = _village_or_404(request, village_code)
    chosen = PeopleFilter(request.GET).chosen()
    people = unpaid(village.code, scheme_id=chosen["scheme"], year=chosen["year"])
    people = people.visible_to(request.user).select_related("resident__household")
    lines = lines_of(list(people), chosen)
    record(
        "open_call_list",
        f"area:{village.code}",
        by=request.user,
        area_code=village.code,
        people=len(lines),
    )
    text, due_on = message_of(village.county_code), _due_on(village, chosen)
    has_phones = may(request.user, "call_person")
    answer = {
        "made_at": timezone.now().isoformat(),
        "staff": request.user.pk,
        "households": [
            {
                "number": key[1],
                "head": key[2],
                "group": key[0],
                "members": [
                    _member(line, village, chosen, text, due_on, has_phones) for line in group
                ],
            }
            for key, group in groupby(lines, key=_household_of)
        ],
    }
    return JsonResponse(answer)


def _household_of(line):
    home = line["household"]
    if home is None:
        return (line["group"], "", line["resident"].name)
    return (line["group"], home.number, home.head_name)


def _member(line, village, chosen, text, due_on, has_phones):
    resident, chase = line["resident"], line["chase"]
    return {
        "id": resident.pk,
        "name": resident.name,
        "sex": str(resident.get_sex_display()),
        "age": line["age"],
        "masked_id": line["masked_id"],
        "masked_phone": line["masked_phone"],
        "phone": (resident.phone or "") if has_phones else "",
        "last_tier": float(line["last_tier"]) if line["last_tier"] else None,
        "outcome": chase.outcome if chase else "",
        "promised_on": chase.promised_on.isoformat() if chase and chase.promised_on else "",
        "needs_visit": bool(chase and chase.needs_visit),
        "message": fill_message(
            text,
            name=resident.name,
            id_last4=resident.id_last4,
            year=chosen["year"],
            village=village.name,
            tier=line["last_tier"],
            due_on=due_on,
        ),
    }


def _due_on(village, chosen):
    """Return the last day of the campaign, as a message names it."""
    plan = TaskPlan.objects.filter(
        county_id=village.county_code, scheme_id=chosen["scheme"], year=chosen["year"]
    ).first()
    return plan.ends_on.isoformat() if plan else f"{chosen['year']}-12-31"


@needs("note_contact")
@require_GET
def token(request):
    """A fresh token for what a phone kept: its page may be a day old."""
    return JsonResponse({"token": get_token(request), "staff": request.user.pk})


@needs("note_contact")
@require_POST
def send_contacts(request, village_code):
    """Take in what a phone kept; say of each piece whether it stands, and if not, why."""
    village = _village_or_404(request, village_code)
    chosen = PeopleFilter(request.GET).chosen()
    pieces = _pieces_of(request)
    if not isinstance(pieces, list) or len(pieces) > MOST_AT_ONCE:
        return JsonResponse({"results": []}, status=400)
    results = [_take_in(piece, village, chosen, request.user) for piece in pieces]
    return JsonResponse({"results": results})


def _pieces_of(request):
    """Return what was sent, or None for what is no JSON."""
    if request.content_type != "application/json":
        return None
    try:
        return json.loads(request.body)
    except ValueError:
        return None


def _take_in(piece, village, chosen, staff):
    """Return {key, state} of one piece: saved, known, or refused with a sentence."""
    piece = piece if isinstance(piece, dict) else {}
    key = str(piece.get("key", ""))
    try:
        return {"key": key, "state": _done(piece, village, chosen, staff)}
    except Refusal as refusal:
        return {"key": key, "state": "refused", "sentence": str(refusal)}


def _done(piece, village, chosen, staff):
    campaign = {"scheme_id": chosen["scheme"], "year": chosen["year"], "by": staff}
    if piece.get("take_back"):
        return _taken_back(piece, staff)
    form = ContactForm({"outcome": Outcome.AWAY, **piece})
    if not form.is_valid():
        raise PieceUnreadable()
    data = form.cleaned_data
    people = Resident.objects.visible_to(staff).filter(village_code=village.code)
    person = people.filter(pk=data["resident"]).first()
    if person is None:
        raise PersonNotHere()
    if "visit" in piece:
        set_visit(person, needs_visit=bool(piece["visit"]), **campaign)
        return "saved"
    _contact, is_new = note_contact(
        person,
        outcome=data["outcome"],
        promised_on=data["promised_on"],
        note=data["note"],
        client_key=data["key"],
        contacted_at=data["at"],
        **campaign,
    )
    return "saved" if is_new else "known"


def _taken_back(piece, staff):
    form = TakeBackForm(piece)
    if not form.is_valid():
        raise PieceUnreadable()
    key = form.cleaned_data["take_back"]
    found = Contact.objects.visible_to(staff).filter(client_key=key).first()
    return "saved" if found and take_back_contact(found, by=staff) else "known"


@require_GET
def worker(request):
    """The service worker; it stands under /chase/, so it looks after nothing else."""
    text = render_to_string("contributions/chase_worker.js", {"kept_hours": KEPT_HOURS})
    return HttpResponse(text, content_type="text/javascript")


def _village_or_404(request, code):
    villages = Area.objects.visible_to(request.user).villages()
    return get_object_or_404(villages, pk=code)
