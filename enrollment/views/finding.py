"""The find box above every page, and the page for a pasted list of ID numbers (查找)."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from enrollment.finding import find
from enrollment.forms import PastedForm
from enrollment.models import Resident
from enrollment.pasted import find_pasted, numbers_in
from enrollment.views.residents import lines_of
from staff.permissions import needs

HITS = 8


@needs("view_person")
@require_POST
@never_cache
@sensitive_post_parameters("q")
def hits(request):
    """The first people whom the words in the box fit; a number that is nobody's says why.

    The words come in the body, because a full number must not stand in an address or a log.
    """
    words = request.POST.get("q", "").strip()
    people = Resident.objects.visible_to(request.user)
    found = list(find(people, words, request.user.area_code)[:HITS]) if words else []
    context = {"words": words, "lines": lines_of(found), "most": HITS}
    if words and not found and numbers_in(words):
        context["sought"] = find_pasted(words, by=request.user)[0]
    return render(request, "enrollment/_hits.html", context)


@needs("view_person")
@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("numbers")
def pasted(request):
    """A list of ID numbers: who is registered, and why the others were not found."""
    form = PastedForm(request.POST if request.method == "POST" else None)
    context = {"form": form}
    if form.is_bound and form.is_valid():
        sought = find_pasted(form.cleaned_data["numbers"], by=request.user)
        found = [one.resident for one in sought if one.resident]
        context |= {
            "form": PastedForm(),  # the numbers are not sent out again
            "rows": sought,
            "unknown": [one for one in sought if not one.resident],
            "found": found,
            "lines": lines_of(found),
        }
    return render(request, "enrollment/pasted.html", context)
