"""Doors of the subsidies: what the state adds for one resident, as a part of the person page."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from enrollment.models import Resident
from staff.permissions import may, needs
from subsidies.entitlements import entitlements_of


@needs("view_person")
@require_GET
def resident_entitlements(request, resident_id):
    resident = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    context = {
        "entitlements": entitlements_of(resident),
        "may_open": may(request.user, "view_transfer"),
    }
    return render(request, "subsidies/_resident_entitlements.html", context)
