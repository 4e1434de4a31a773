"""Doors of single reversals: the list, asking for one, one of them (单笔冲正)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contributions import taking_back
from contributions.forms import ReasonForm
from contributions.models import PaymentFeed, Reversal
from pension_portal.refusals import Refusal
from policies.schemes import SHORT_NAMES
from staff.approval_panel import look_of, panel_of
from staff.permissions import may, needs

LINES_PER_PAGE = 20


@needs("view_reversal")
@require_GET
def reversals(request):
    found = Reversal.objects.visible_to(request.user).select_related("resident", "made_by")
    page = Paginator(found.order_by("-id"), LINES_PER_PAGE).get_page(request.GET.get("page"))
    for one in page:
        one.look = look_of(one)
    return render(request, "contributions/reversals.html", {"page": page})


@needs("view_reversal")
@require_GET
def reversal(request, reversal_id):
    """One reversal: the payment, why, and its way to approval."""
    found = get_object_or_404(
        Reversal.objects.visible_to(request.user).select_related("resident"), pk=reversal_id
    )
    transfer = taking_back.transfer_of(found)
    context = {
        "reversal": found,
        "transfer": transfer,
        "scheme": SHORT_NAMES[transfer.scheme_id],
        "panel": panel_of(found, request.user),
        "may_open_transfer": may(request.user, "view_transfer"),
    }
    return render(request, "contributions/reversal.html", context)


@needs("make_reversal")
@require_http_methods(["GET", "POST"])
def ask_reversal(request, feed_id, row_no, year):
    """Ask that what one row of a file posted for a year is taken out of the books again."""
    feed = get_object_or_404(PaymentFeed.objects.visible_to(request.user), pk=feed_id)
    posted = taking_back.posted_by(feed, row_no).filter(year=year)
    transfer = posted.select_related("resident").order_by("-id").first()
    if transfer is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = taking_back.propose_reversal(
                transfer, reason=form.cleaned_data["reason"], by=request.user
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已提交冲正，等财务复核。"))
            return redirect("contributions:reversal", made.pk)
    context = {
        "form": form,
        "transfer": transfer,
        "feed": feed,
        "scheme": SHORT_NAMES[transfer.scheme_id],
    }
    status = 422 if form.errors else 200
    return render(request, "contributions/ask_reversal.html", context, status=status)
