"""Doors of one resident's subsidies: parts of the person page, and the same as JSON."""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from enrollment.models import Resident
from pension_portal.clock import today
from staff.audit import record
from staff.permissions import may, needs
from subsidies.entitlements import entitlements_of
from subsidies.why import why_as_data, why_of

EARLIEST_YEAR = 2009


@needs("view_person")
@require_GET
def resident_entitlements(request, resident_id):
    resident = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    context = {
        "entitlements": entitlements_of(resident),
        "may_open": may(request.user, "view_transfer"),
    }
    return render(request, "subsidies/_resident_entitlements.html", context)


@needs("view_person")
@require_GET
@never_cache
def resident_why(request, resident_id):
    """What is due, paid and added for a year, and by which rules: a part of the person page."""
    resident = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    year = _year(request)
    context = {
        "resident": resident,
        "year": year,
        "years": [one for one in (year - 1, year + 1) if EARLIEST_YEAR <= one <= _last_year()],
        "whys": why_of(resident, year),
    }
    return render(request, "subsidies/_resident_why.html", context)


@needs("view_person")
@require_GET
@never_cache
def why_json(request, resident_id):
    """The same as JSON, for other systems of the office; looking at somebody is on record."""
    resident = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    record("view_person", resident, by=request.user, area_code=resident.village_code)
    year = _year(request)
    body = {
        "resident_id": resident.pk,
        "year": year,
        "schemes": why_as_data(why_of(resident, year)),
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def _year(request):
    """Return the year asked for; what cannot be one is this year."""
    asked = request.GET.get("year", "")
    is_year = asked.isdecimal() and EARLIEST_YEAR <= int(asked[:6]) <= _last_year()
    return int(asked) if is_year else today().year


def _last_year():
    return today().year + 1
