"""Doors of the queue of exceptions: by what repairs them, place, age and owner; several at once
(异常处理).
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from contributions import claiming, queue, settling_several
from contributions.data_age import data_age
from contributions.errors import NothingTicked
from contributions.forms import ExceptionFilter, ReasonForm
from contributions.models import PaymentException, PaymentFeed, SettlementProposal
from contributions.statements import fetch_statement
from contributions.verdicts import VERDICTS
from pension_portal.clock import today
from policies.models import Scheme
from staff.permissions import may, needs
from townships.models import Area

EXCEPTIONS_PER_PAGE = settling_several.MOST_AT_ONCE
DEEDS = {
    "accept": gettext_lazy("采纳或重新核对"),
    "set_aside": gettext_lazy("剔除"),
    "other_county": gettext_lazy("标为外县区参保"),
    "refund": gettext_lazy("申请退费"),
    "put_back": gettext_lazy("恢复为未处理"),
}


@needs("view_exception")
@require_GET
def exception_list(request):
    form = ExceptionFilter(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    everything = queue.within(PaymentException.objects.visible_to(request.user), chosen)
    found = queue.filtered(everything, chosen, staff=request.user)
    found = found.select_related("feed__file", "claimed_by").order_by("code", "id")
    page = Paginator(found, EXCEPTIONS_PER_PAGE).get_page(request.GET.get("page"))
    _name_areas(page)
    state = chosen.get("state") or "open"
    open_ones = everything.open()
    context = {
        "form": form,
        "page": page,
        "state": state,
        "groups": queue.groups(open_ones),
        "ages": queue.ages(open_ones),
        "chosen": chosen,
        "chosen_code": chosen.get("code", ""),
        "first": _first_to_settle(request, found) if state == "open" else None,
        "query": request.GET.urlencode(),
        "proposals": SettlementProposal.objects.visible_to(request.user).waiting().count(),
        "may_settle": may(request.user, "settle_exception"),
        "deeds": _deeds_for_several(request.user, chosen),
        "filter_badges": _badges(request, chosen),
        "data_age": data_age(request.user.county_code, chosen.get("year") or today().year),
    }
    return render(request, "contributions/exceptions.html", context)


def _first_to_settle(request, found):
    """Return the first of the list that nobody else holds: where the workbench begins."""
    return found.free_for(request.user).first() if may(request.user, "settle_exception") else None


def _deeds_for_several(staff, chosen):
    """Return which deeds the ticked rows may have: none unless the list is of one reason."""
    if not chosen.get("code") or not may(staff, "settle_exception"):
        return None
    state = chosen.get("state") or "open"
    if state not in ("open", "set_aside"):
        return None
    can_be_accepted = VERDICTS[chosen["code"]].can_be_waived or chosen["code"] == "E01"
    return {
        "is_open": state == "open",
        "is_set_aside": state == "set_aside",
        "accepting": _("采纳并入账") if can_be_accepted else _("重新核对"),
    }


def _badges(request, chosen):
    """Name what the list is narrowed to besides the fields, each with the way to widen it."""
    feed = PaymentFeed.objects.visible_to(request.user).select_related("file")
    feed = feed.filter(pk=chosen.get("feed")).first()
    area = Area.objects.filter(code=chosen.get("area") or "").first()
    scheme = Scheme.objects.filter(pk=chosen.get("scheme")).first()
    words = {
        "feed": feed and feed.file.name,
        "area": area and area.name,
        "scheme": scheme and _(scheme.short_name),
        "year": chosen.get("year"),
    }
    return [
        {"words": said, "remove_url": _without(request, field)}
        for field, said in words.items()
        if said
    ]


def _without(request, field):
    query = request.GET.copy()
    for name in (field, "page"):
        query.pop(name, None)
    return f"?{query.urlencode()}"


def _name_areas(exceptions):
    names = queue.named_areas(exception.area_code for exception in exceptions)
    for exception in exceptions:
        exception.area_name = names[exception.area_code]


@needs("settle_exception")
@require_POST
def settle_several(request):
    """Do one deed to the ticked exceptions, and show what became of each."""
    ids = [int(text) for text in request.POST.getlist("exception") if text.isdigit()]
    found = PaymentException.objects.visible_to(request.user).filter(pk__in=ids)
    deed = request.POST.get("deed", "")
    if deed not in DEEDS or not found:
        raise NothingTicked()
    found = found.select_related("feed__file").order_by("pk")
    results = settling_several.settle_several(found, deed, by=request.user, reason=_reason(request))
    lines = [
        {"exception": exception, "refusal": refusal, "is_done": _is_done(exception, refusal, deed)}
        for exception, refusal in results
    ]
    _name_areas([line["exception"] for line in lines])
    done = sum(line["is_done"] for line in lines)
    context = {
        "lines": lines,
        "done": done,
        "left": len(lines) - done,
        "deed": DEEDS[deed],
        "code": found[0].code if deed == "put_back" else request.POST.get("code", ""),
    }
    return render(request, "contributions/settled.html", context)


def _is_done(exception, refusal, deed):
    """Whether the deed came to its end: an accepted row may stand under its next objection."""
    return refusal is None and (deed == "put_back" or exception.state != "open")


def _reason(request):
    form = ReasonForm(request.POST)
    form.is_valid()
    return form.cleaned_data.get("reason", "")


@needs("settle_exception")
@require_POST
def claim_several(request):
    """Take the ticked exceptions into one's hands; those that others hold stay theirs."""
    ids = [int(text) for text in request.POST.getlist("exception") if text.isdigit()]
    visible = PaymentException.objects.visible_to(request.user)
    if not ids:
        raise NothingTicked()
    taken = claiming.claim_exceptions(visible.filter(pk__in=ids), by=request.user)
    said = _("已领取 %(count)d 笔，8 小时内由本人处理。") % {"count": taken}
    if left := len(ids) - taken:
        said += _("另有 %(count)d 笔别人在处理或已处理。") % {"count": left}
    messages.success(request, said)
    return redirect(f"{reverse('contributions:exceptions')}?owner=mine")


@needs("view_exception")
@require_GET
def waiting_exceptions(request):
    """The part of the start page about exceptions: how many are open in one's area, by reason."""
    groups = queue.groups(PaymentException.objects.visible_to(request.user).open())
    context = {"groups": groups, "rows": sum(group["rows"] for group in groups)}
    return render(request, "contributions/_waiting_exceptions.html", context)


@needs("change_areas")
@require_GET
def unmatched_towns(request):
    """The part of the area page that lists how the tax bureau writes towns nobody knows."""
    texts = fetch_statement("unmatched_towns", {"county_code": request.user.county_code})
    return render(request, "contributions/_unmatched_towns.html", {"texts": texts})
