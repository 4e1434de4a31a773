"""The start page (工作台): what waits for this duty."""

from django.shortcuts import render

from pension_portal.doors import signed_in
from staff.start_page import places_for
from staff.waiting import desk_of


@signed_in
def home(request):
    """Show what waits; somebody without a duty in force is told what to do instead."""
    staff = request.user
    if staff.duty is None:
        return render(request, "staff/no_duty.html", {"last_duty": staff.last_duty})
    context = {
        "duty": staff.duty,
        "desk": desk_of(staff),
        "places": places_for(staff),
    }
    return render(request, "staff/home.html", context)
