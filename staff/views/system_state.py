"""The door of the state of the portal (系统状态)."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from staff.permissions import needs
from staff.system_state import system_state as state_for


@needs("view_health")
@require_safe
def system_state(request):
    """Servers, jobs and room, and what a defect has stopped in the last week."""
    return render(request, "staff/system_state.html", {"state": state_for(request.user)})
