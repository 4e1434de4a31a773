"""Doors of the workbench: one exception beside those who may have been meant, and the deeds that
settle it; the next one takes its place without a reload (异常工作台).
"""

from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from contributions import claiming, refunding, settling, undoing
from contributions.errors import NotTheResident
from contributions.forms import ExceptionFilter, ReasonForm
from contributions.matching import find_candidates, payer_of
from contributions.models import (
    PaymentException,
    RefundRequest,
    SettlementProposal,
    Transfer,
)
from contributions.originals import labelled, rows_as_they_were
from contributions.queue import filtered, following, named_areas
from contributions.remedies import REMEDY_OF, can_be_accepted, enter_of
from contributions.stopping import rules_that_stopped
from contributions.verdicts import VERDICTS
from contributions.views.feeds import masked, transfer_of
from enrollment import drafts
from enrollment.cases import open_case
from enrollment.models import Case, Resident
from enrollment.views.registering import DRAFT as REGISTRATION
from pension_portal.masking import mask_id
from pension_portal.refusals import Refusal
from staff.permissions import may, needs

QUEUE_SHOWN = 12
SHOWN_IN_PLACE = 422  # htmx puts this answer where the case stands, and any other error above it
PAYMENTS_SHOWN = 3
# What a case says after the deed before it; the page shows it for some seconds.
SAID = "portal_said"


@needs("view_exception")
@require_GET
def exception(request, exception_id):
    return _show(request, exception_or_404(request, exception_id))


def exception_or_404(request, exception_id):
    exceptions = PaymentException.objects.visible_to(request.user)
    related = ("feed__file", "settled_by", "claimed_by", "matched_by", "resident")
    return get_object_or_404(exceptions.select_related(*related), pk=exception_id)


def told_beside_the_row(view):
    """Show a refused deed beside the row as it stands now: somebody else may have settled it."""

    @wraps(view)
    def guarded(request, exception_id):
        try:
            return view(request, exception_id)
        except Refusal as refusal:
            found = exception_or_404(request, exception_id)
            is_fragment = request.headers.get("HX-Request")
            status = SHOWN_IN_PLACE if is_fragment else refusal.status
            return _show(request, found, str(refusal), tone="error", status=status)

    return guarded


@needs("settle_exception")
@require_POST
@told_beside_the_row
def accept(request, exception_id):
    """Post a row as somebody's: the candidate of the number sent, or whom its number names."""
    found = exception_or_404(request, exception_id)
    candidate = _chosen(request, found)
    resident = candidate.resident if candidate else None
    settled = settling.accept_exception(
        found, by=request.user, resident=resident, candidate=candidate, reason=_reason(request)
    )
    if getattr(settled, "proposal", None):
        said = _("%(name)s 的 %(amount)s 元已提交，等复核、审批后入账。")
        return _go_on(request, settled, said % _names(settled))
    if settled.state == PaymentException.State.OPEN:
        ruling = VERDICTS[settled.code]
        said = _("前一个原因已采纳，还有一个：%(reason)s。%(remedy)s。")
        said %= {"reason": ruling.name, "remedy": ruling.remedy}
        return _show(request, exception_or_404(request, settled.pk), said, tone="warning")
    said = _("%(name)s 的 1 笔：%(state)s。")
    return _go_on(request, settled, said % _names(settled))


@needs("settle_exception")
@require_POST
@told_beside_the_row
def set_aside(request, exception_id):
    found = exception_or_404(request, exception_id)
    settled = settling.set_aside_exception(found, by=request.user, reason=_reason(request))
    return _go_on(request, settled, _("%(name)s 的 1 笔已剔除，可以恢复。") % _names(settled))


@needs("settle_exception")
@require_POST
@told_beside_the_row
def other_county(request, exception_id):
    found = exception_or_404(request, exception_id)
    settled = settling.mark_other_county(found, by=request.user, reason=_reason(request))
    return _go_on(request, settled, _("%(name)s 的 1 笔已标为外县区参保。") % _names(settled))


@needs("settle_exception")
@require_POST
@told_beside_the_row
def refund(request, exception_id):
    found = exception_or_404(request, exception_id)
    settled = refunding.refund_exception(found, by=request.user, reason=_reason(request))
    return _go_on(request, settled, _("%(name)s 的 1 笔已申请退费，由国库退。") % _names(settled))


@needs("settle_exception")
@require_POST
@told_beside_the_row
def put_back(request, exception_id):
    found = exception_or_404(request, exception_id)
    found = undoing.put_back_exception(found, by=request.user)
    said = _("%(name)s 的 1 笔已恢复为未处理。") % _names(found)
    return _show(request, exception_or_404(request, found.pk), said)


@needs("settle_exception")
@require_POST
@told_beside_the_row
def undo(request, exception_id):
    """Take the newest deed back and show the row again as it stood before."""
    found = undoing.undo_settlement(exception_or_404(request, exception_id), by=request.user)
    said = _("已撤销，%(name)s 的 1 笔恢复为未处理。") % _names(found)
    return _show(request, exception_or_404(request, found.pk), said)


@needs("settle_exception")
@require_POST
@told_beside_the_row
def skip(request, exception_id):
    """Leave a row for later and go on with the next of the queue."""
    found = exception_or_404(request, exception_id)
    claiming.release_exception(found, by=request.user)
    return _go_on(request, found)


@needs("settle_exception")
@require_POST
@told_beside_the_row
def claim(request, exception_id):
    """Take a row into one's hands, whoever has it now."""
    found = exception_or_404(request, exception_id)
    claiming.take_over_exception(found, by=request.user)
    return _show(request, exception_or_404(request, found.pk), _("这一笔由本人处理。"))


@needs("enrol")
@require_POST
def enrol_payer(request, exception_id):
    """Open the registration form with what the row says of its payer, kept sealed as a draft.

    What one is typing there already is not lost: then the form opens as it was left.
    """
    found = exception_or_404(request, exception_id)
    kept = drafts.fields_of(drafts.draft_of(REGISTRATION, by=request.user))
    if kept.get("id_number"):
        messages.info(request, _("手头还有一份没登记完，先办完或清空，再从异常里登记。"))
    else:
        drafts.save_draft(REGISTRATION, payer_of(found), by=request.user)
    return redirect("enrollment:new_person")


@needs("enrol")
@require_POST
def correct_name(request, exception_id):
    """Open a change of the name to what the row says, for whoever its number names."""
    found = exception_or_404(request, exception_id)
    person = get_object_or_404(Resident.objects.visible_to(request.user), pk=found.resident_id)
    note = _("缴费文件里的姓名：%(name)s") % {"name": found.name}
    case = open_case(Case.Kind.CHANGE, person, {"name": found.name}, by=request.user, note=note)
    messages.success(request, _("已起草信息变更，补材料后提交。"))
    return redirect("enrollment:case", case.pk)


def _chosen(request, found):
    """Return the candidate whose id was sent, as the portal sees them now; None for none.

    The resident is looked up among those the staff member may see: an id alone opens nothing.
    """
    sent = request.POST.get("resident", "")
    if not sent.isdigit():
        return None
    match = find_candidates([found], staff=request.user)[found.pk]
    of_the_row = (one for one in match.candidates if one.resident.pk == int(sent))
    candidate = next(of_the_row, None)
    if candidate is None:
        raise NotTheResident()
    return candidate


def _reason(request):
    form = ReasonForm(request.POST)
    form.is_valid()
    return form.cleaned_data.get("reason", "")


def _names(found):
    return {"name": found.name, "state": found.get_state_display(), "amount": found.amount}


def _go_on(request, settled, said=""):
    """Show the next exception of the queue in the place of this one, or that there is none."""
    upcoming = following(_queue(request), settled)
    if upcoming is None:
        return _show(request, exception_or_404(request, settled.pk), said, is_last=True)
    claiming.go_on_with(upcoming, by=request.user)
    return _show(request, exception_or_404(request, upcoming.pk), said)


def _queue(request):
    """Return the open exceptions that the address narrows to and nobody else holds."""
    form = ExceptionFilter(request.GET)
    form.is_valid()
    chosen = form.cleaned_data | {"state": "open"}
    visible = PaymentException.objects.visible_to(request.user)
    return filtered(visible, chosen, staff=request.user).free_for(request.user)


def _show(request, found, said="", tone="success", is_last=False, status=200):
    """Return the case: the whole page, or for htmx the case alone under its own address."""
    query = _query(request)
    address = reverse("contributions:exception", args=[found.pk])
    address += f"?{query}" if query else ""
    if not request.headers.get("HX-Request"):
        if request.method == "POST" and status == 200:
            request.session[SAID] = {"words": str(said), "tone": tone}
            return redirect(address)
        kept = request.session.pop(SAID, None) or {"words": said, "tone": tone}
        context = _case(request, found, query) | {"said": kept["words"], "tone": kept["tone"]}
        return render(request, "contributions/exception.html", context, status=status)
    context = _case(request, found, query) | {"said": said, "tone": tone, "is_last": is_last}
    response = render(request, "contributions/_case.html", context, status=status)
    response["HX-Push-Url"] = address
    return response


def _query(request):
    """Return the filters of the address as they go on to the next case."""
    fields = ExceptionFilter.base_fields
    kept = [(name, value) for name, value in request.GET.items() if name in fields and value]
    return urlencode(kept)


def _case(request, found, query):
    """Return everything the case shows: the row, the candidates, what may be done, the queue."""
    staff = request.user
    is_open = found.state == PaymentException.State.OPEN
    match = find_candidates([found], staff=staff)[found.pk] if is_open else None
    row = match.row if match else settling.rows_of(found).get()
    texts = match.texts if match else rows_as_they_were(found.feed, [row.row_no])[row.row_no]
    resident = Resident.objects.visible_to(staff).filter(pk=found.resident_id).first()
    queue = _queue(request)
    upcoming = list(queue.order_by("code", "pk").select_related("feed__file")[:QUEUE_SHOWN])
    proposal = SettlementProposal.objects.open().filter(exception=found).first()
    may_settle = may(staff, "settle_exception")
    return {
        "exception": found,
        "ruling": VERDICTS[found.code],
        "remedy": REMEDY_OF[found.code],
        "row": row,
        "cells": masked(labelled(found.feed, row, texts)),
        "stops": rules_that_stopped(found, row, resident),
        "candidates": _shown(match.candidates, found) if match else [],
        "match": match,
        "resident": resident,
        "queue": upcoming,
        "waiting": queue.count(),
        "query": query,
        "proposal": proposal,
        "may_settle": may_settle and is_open and not (proposal and proposal.is_waiting),
        "may_undo": may_settle and found.handlings.filter(undone_at=None).exists(),
        "enter": enter_of(found, match) if match else "",
        "can_be_accepted": can_be_accepted(found),
        "links": _links(found, staff),
        "history": found.handlings.select_related("done_by", "undone_by", "resident"),
        "refund": RefundRequest.objects.filter(exception=found).first(),
        "transfer": transfer_of(row) if may(staff, "view_transfer") else None,
        "last": undoing.last_to_undo(staff) if may_settle else None,
        "in_other_hands": found.is_claimed and found.claimed_by_id != staff.pk,
        "page_keys": PAGE_KEYS,
    }


def _shown(candidates, found):
    """Return the candidates with what tells people apart: masked number, place, this year's pay."""
    people = [candidate.resident for candidate in candidates]
    places = named_areas(person.village_code for person in people)
    paid = {}
    payments = Transfer.objects.filter(
        county_code=found.county_code, resident__in=people, year__gte=found.year - 1
    )
    for payment in payments.order_by("-year", "-id"):
        paid.setdefault(payment.resident_id, []).append(payment)
    return [
        {
            "number": number,
            "candidate": candidate,
            "masked_id": mask_id(candidate.resident.id_number),
            "place": places[candidate.resident.village_code],
            "payments": paid.get(candidate.resident.pk, [])[:PAYMENTS_SHOWN],
        }
        for number, candidate in enumerate(candidates, start=1)
    ]


def _links(found, staff):
    """Return where what is missing gets mended, for those whose duty it is."""
    links = {}
    if found.code in ("E07", "E08") and may(staff, "make_determination"):
        links["determine"] = f"{reverse('contributions:new_determination')}?exception={found.pk}"
    if found.code == "E02" and found.resident_id and found.name and may(staff, "enrol"):
        links["correct"] = reverse("contributions:correct_name", args=[found.pk])
    if found.code == "E03" and may(staff, "enrol"):
        links["enrol"] = reverse("contributions:enrol_payer", args=[found.pk])
    return links


PAGE_KEYS = [
    {"key": "Enter", "words": gettext_lazy("做亮着的那一步")},
    {"key": "1–5", "words": gettext_lazy("选第几个候选人")},
    {"key": "a", "words": gettext_lazy("采纳或重新核对")},
    {"key": "s", "words": gettext_lazy("跳过")},
    {"key": "r", "words": gettext_lazy("剔除，先写原因")},
    {"key": "o", "words": gettext_lazy("标为外县区参保")},
    {"key": "t", "words": gettext_lazy("申请退费")},
    {"key": "n", "words": gettext_lazy("改档案姓名")},
    {"key": "c", "words": gettext_lazy("领取或接手")},
    {"key": "Ctrl Z", "words": gettext_lazy("撤销本人上一笔")},
]
