"""Doors of the withholding: the rounds, one of them, the bank's list and its answer (银行代扣)."""

from io import BytesIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from contributions import withholding
from contributions.bank_forms import AnswerForm, ReturnForm, RoundForm
from contributions.models import WithholdingBatch, WithholdingLine
from pension_portal.clock import today
from pension_portal.file_answers import file_answer
from pension_portal.refusals import Refusal
from pension_portal.sheet_writing import write_table
from pension_portal.sheets import SheetRefusal
from policies.words import PENSION_NAMES
from staff.approval_panel import look_of, panel_of
from staff.permissions import may, needs
from townships.models import Area

ROUNDS_PER_PAGE = 20
LINES_PER_PAGE = 50


@needs("view_withholding")
@require_GET
def batches(request):
    return _batches_with(request, RoundForm(staff=request.user))


def _batches_with(request, form, status=200):
    found = WithholdingBatch.objects.visible_to(request.user).order_by("-id")
    page = Paginator(found, ROUNDS_PER_PAGE).get_page(request.GET.get("page"))
    for batch in page:
        batch.scheme, batch.look = PENSION_NAMES[batch.scheme_id], look_of(batch)
    context = {"page": page, "form": form, "may_make": may(request.user, "make_withholding")}
    return render(request, "contributions/withholdings.html", context, status=status)


@needs("make_withholding")
@require_POST
def draw_up(request):
    form = RoundForm(request.POST, staff=request.user)
    if not form.is_valid():
        return _batches_with(request, form, status=422)
    try:
        batch = withholding.draw_up(
            request.user.county_code,
            form.cleaned_data["scheme"],
            form.cleaned_data["year"],
            by=request.user,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _batches_with(request, form, status=422)
    messages.success(request, _("已列出代扣名单并提交，等另一位财务复核。"))
    return redirect("contributions:withholding", batch.pk)


@needs("view_withholding")
@require_GET
def batch(request, withholdingbatch_id):
    return _batch_page(request, _batch_or_404(request, withholdingbatch_id), AnswerForm())


def _batch_page(request, found, form, *, return_form=None, status=200):
    results = withholding.results_of(found)
    lines = withholding.lines_of(found, request.GET)
    if "result" not in request.GET:
        lines = lines.exclude(result__in=["", "paid"])
    lines = lines.select_related("resident")
    page = Paginator(lines, LINES_PER_PAGE).get_page(request.GET.get("page"))
    names = dict(
        Area.objects.filter(code__in={line.village_code for line in page}).values_list(
            "code", "name"
        )
    )
    for line in page:
        line.village = names.get(line.village_code, line.village_code)
    context = {
        "batch": found,
        "scheme": PENSION_NAMES[found.scheme_id],
        "panel": panel_of(found, request.user),
        "job": found.job,
        "left_out": [(withholding.LEFT_OUT[code], n) for code, n in sorted(found.left_out.items())],
        "results": [
            (WithholdingLine.Result(result).label, reason and WithholdingLine.Reason(reason).label)
            + results[result, reason]
            + (f"result={result}&reason={reason}",)
            for result, reason in sorted(results)
        ],
        "faults": [withholding.words_of(one) for one in found.faults],
        "page": page,
        "form": form,
        "may_send": found.state == "approved" and may(request.user, "send_withholding"),
        "may_answer": found.sent_at
        and not withholding.is_answered(found)
        and may(request.user, "send_withholding"),
        "may_open": may(request.user, "view_person"),
        "is_chosen": "result" in request.GET,
        "return_form": return_form or ReturnForm(initial={"returned_on": today()}),
        "may_return": found.lines.to_return().exists() and may(request.user, "send_withholding"),
        "may_export": may(request.user, "export_people"),
    }
    is_part = request.htmx and not request.htmx.boosted
    name = "_withholding" if is_part else "withholding"
    return render(request, f"contributions/{name}.html", context, status=status)


@needs("send_withholding")
@require_POST
def send(request, withholdingbatch_id):
    """The list for the bank, with full accounts: made now, kept nowhere."""
    found = _batch_or_404(request, withholdingbatch_id)
    rows = withholding.send_batch(found, by=request.user)
    book = BytesIO()
    title = _("%(year)s 年第 %(number)s 轮代扣") % {"year": found.year, "number": found.number}
    write_table(book, withholding.BANK_COLUMNS, rows, title=title)
    return file_answer(book.getvalue(), f"{title}.xlsx")


@needs("send_withholding")
@require_POST
def answer(request, withholdingbatch_id):
    found = _batch_or_404(request, withholdingbatch_id)
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _batch_page(request, found, form, status=422)
    try:
        withholding.receive_answer(found, form.cleaned_data["file"], by=request.user)
    except SheetRefusal as refusal:
        form.add_error("file", str(refusal))
        return _batch_page(request, found, form, status=refusal.status)
    return redirect("contributions:withholding", found.pk)


@needs("send_withholding")
@require_POST
def note_returned(request, withholdingbatch_id):
    """Note that the bank gave ticked lines back."""
    found = _batch_or_404(request, withholdingbatch_id)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _batch_page(request, found, AnswerForm(), return_form=form, status=422)
    chosen = [int(one) for one in request.POST.getlist("line") if one.isdecimal()]
    day = form.cleaned_data["returned_on"]
    count = withholding.note_returned(found, chosen, returned_on=day, by=request.user)
    messages.success(request, _("已登记退回 %(count)d 笔。") % {"count": count})
    return redirect("contributions:withholding", found.pk)


def _batch_or_404(request, batch_id):
    found = WithholdingBatch.objects.visible_to(request.user).select_related("job", "answer")
    return get_object_or_404(found, pk=batch_id)
