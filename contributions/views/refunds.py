"""Doors of the refunds: the list, asking, one of them, batches and what came of them (退费)."""

from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contributions import paying_refunds, refund_lists, refunding
from contributions.models import RefundBatch, RefundLine, RefundRequest, Transfer
from contributions.queue import named_areas
from contributions.refund_forms import PayeeForm, RefundFilter, RefundForm, ResultForm
from contributions.views.lists import workbook
from pension_portal.clock import today
from pension_portal.file_answers import file_answer
from pension_portal.jobs import WORDS_LANGUAGE
from pension_portal.masking import mask_bank_card, mask_id
from pension_portal.paper import PDF, print_paper
from pension_portal.refusals import Refusal
from policies.schemes import SHORT_NAMES
from staff.approval_panel import look_of, panel_of
from staff.audit import record
from staff.permissions import may, needs

LINES_PER_PAGE = 20
Payment, Payer = RefundRequest.Payment, RefundRequest.Payer
LOOKS = {
    Payment.PENDING: ("warn", "clock"),
    Payment.PAID: ("good", "circle-check"),
    Payment.FAILED: ("bad", "circle-x"),
    Payment.WRITTEN_OFF: ("neutral", "circle-dashed"),
}
RESULT_LOOKS = {
    RefundLine.Result.SENT: ("busy", "hourglass"),
    RefundLine.Result.PAID: ("good", "circle-check"),
    RefundLine.Result.FAILED: ("bad", "circle-x"),
}


@needs("view_refund")
@require_GET
def refunds(request):
    """Refunds by how far they have come, with the sums that wait for a batch."""
    form = RefundFilter(request.GET)
    everything = RefundRequest.objects.visible_to(request.user)
    found = form.narrow(everything).with_sent().select_related("made_by")
    page = Paginator(found.order_by("-id"), LINES_PER_PAGE).get_page(request.GET.get("page"))
    names = named_areas(one.area_code for one in page)
    for one in page:
        one.area_name, one.look, one.words = names[one.area_code], *_look_of(one)
    waiting = everything.to_be_paid().order_by().values("payer")
    waiting = {row["payer"]: row for row in waiting.annotate(count=Count("id"), sum=Sum("amount"))}
    context = {
        "form": form,
        "page": page,
        "waiting": [(payer, waiting[payer]) for payer in Payer if payer in waiting],
        "may_pay": may(request.user, "pay_refund"),
        "sees_batches": may(request.user, "view_refund_batch"),
        "may_export": may(request.user, "export_people"),
    }
    return render(request, "contributions/refunds.html", context)


def _look_of(one):
    """Return ((tone, icon), words) of how far a refund has come."""
    if one.payment == Payment.PENDING and one.is_sent:
        return RESULT_LOOKS[RefundLine.Result.SENT], RefundLine.Result.SENT.label
    if one.payment:
        return LOOKS[one.payment], one.get_payment_display()
    return look_of(one), one.get_state_display()


@needs("make_refund")
@require_http_methods(["GET", "POST"])
def ask_refund(request, county_code, year, number):
    """Ask the fund to pay one posted payment back."""
    transfer = get_object_or_404(
        Transfer.objects.visible_to(request.user).select_related("resident"),
        county_code=county_code,
        year=year,
        id=number,
    )
    form = RefundForm(request.POST or None, transfer=transfer)
    if request.method == "POST" and form.is_valid():
        try:
            made = refunding.refund_transfer(transfer, form.instance, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已提交，复核、审批后由基金退。"))
            return redirect("contributions:refund", made.pk)
    context = {"form": form, "transfer": transfer, "scheme": SHORT_NAMES[transfer.scheme_id]}
    status = 422 if form.errors else 200
    return render(request, "contributions/ask_refund.html", context, status=status)


@needs("view_refund")
@require_GET
def refund(request, refundrequest_id):
    """One refund: the payment, who pays it back to whom, its approval and its payments."""
    found = _refund_or_404(request, refundrequest_id)
    look, words = _look_of(found)
    lines = list(found.lines.select_related("batch", "noted_by"))
    for line in lines:
        line.look = RESULT_LOOKS[line.result]
    context = {
        "refund": found,
        "look": look,
        "words": words,
        "area_name": named_areas([found.area_code])[found.area_code],
        "scheme": SHORT_NAMES.get(found.scheme_id),
        "masked_id": mask_id(found.resident.id_number) if found.resident else "",
        "masked_account": mask_bank_card(found.payee_account or ""),
        "lines": lines,
        "panel": panel_of(found, request.user),
        "may_retry": found.payment == Payment.FAILED and may(request.user, "pay_refund"),
        "may_open_exception": may(request.user, "view_exception"),
        "may_open_transfer": may(request.user, "view_transfer"),
        "sees_batches": may(request.user, "view_refund_batch"),
    }
    return render(request, "contributions/refund.html", context)


@needs("make_refund")
@require_http_methods(["GET", "POST"])
def edit_refund(request, refundrequest_id):
    """Mend to whom the money goes; whoever made it submits it again."""
    found = _refund_or_404(request, refundrequest_id)
    form = PayeeForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            refunding.mend_payee(found, said=form.cleaned_data, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已改好并重新提交。"))
            return redirect("contributions:refund", found.pk)
    context = {"form": form, "refund": found}
    status = 422 if form.errors else 200
    return render(request, "contributions/edit_refund.html", context, status=status)


@needs("pay_refund")
@require_POST
def try_refund_again(request, refundrequest_id):
    found = paying_refunds.try_again(_refund_or_404(request, refundrequest_id), by=request.user)
    messages.success(request, _("%(name)s 的退费进入下一批。") % {"name": found.name})
    return redirect("contributions:refund", found.pk)


@needs("pay_refund")
@require_POST
def send_refund_back(request, refundrequest_id):
    found = paying_refunds.send_back(_refund_or_404(request, refundrequest_id), by=request.user)
    messages.success(request, _("已退回经办人改收款账号，改好后重新复核、审批。"))
    return redirect("contributions:refund", found.pk)


@needs("pay_refund")
@require_POST
def write_off_refund(request, refundrequest_id):
    found = _refund_or_404(request, refundrequest_id)
    reason = request.POST.get("reason", "")
    paying_refunds.write_off(found, reason=reason, by=request.user)
    messages.success(request, _("%(name)s 的退费已核销。") % {"name": found.name})
    return redirect("contributions:refund", found.pk)


# --- Batches ----------------------------------------------------------------------------------


@needs("pay_refund")
@require_POST
def make_refund_batch(request):
    """Put everything that waits for one payer into a batch."""
    payer = request.POST.get("payer", "")
    payer = Payer(payer) if payer in Payer.values else Payer.TREASURY
    batch = paying_refunds.make_batch(request.user.county_code, payer, by=request.user)
    messages.success(request, _("已生成批次 %(number)s。") % {"number": batch.number})
    return redirect("contributions:refund_batch", batch.pk)


@needs("view_refund_batch")
@require_GET
def refund_batches(request):
    """Batches, newest first, with what came of them."""
    found = RefundBatch.objects.visible_to(request.user).select_related("made_by")
    found = found.annotate(count=Count("lines"), sum=Sum("lines__amount"))
    page = Paginator(found.order_by("-id"), LINES_PER_PAGE).get_page(request.GET.get("page"))
    sums = paying_refunds.sums_of(page.object_list)
    for one in page:
        one.paid = sums.get((one.pk, RefundLine.Result.PAID), 0)
        one.failed = sums.get((one.pk, RefundLine.Result.FAILED), 0)
    return render(request, "contributions/refund_batches.html", {"page": page})


@needs("view_refund_batch")
@require_GET
def refund_batch(request, refundbatch_id):
    return _batch_page(request, _batch_or_404(request, refundbatch_id))


def _batch_page(request, batch, *, faults=(), status=200):
    lines = list(batch.lines.select_related("request", "noted_by"))
    for line in lines:
        line.look = RESULT_LOOKS[line.result]
        line.masked_account = mask_bank_card(line.payee_account or "")
    sums = paying_refunds.sums_of([batch])
    context = {
        "batch": batch,
        "lines": lines,
        "total": sum(line.amount for line in lines),
        "sums": [
            (label, sums.get((batch.pk, result), 0)) for result, label in RefundLine.Result.choices
        ],
        "faults": faults,
        "ticked": request.POST.getlist("lines"),
        "reason": request.POST.get("reason", ""),
        "today": today(),
        "may_note": may(request.user, "pay_refund")
        and any(line.result == RefundLine.Result.SENT for line in lines),
        "may_download": may(request.user, "pay_refund"),
    }
    return render(request, "contributions/refund_batch.html", context, status=status)


@needs("pay_refund")
@require_POST
def note_refund_results(request, refundbatch_id):
    """Note that ticked lines were paid, or why they could not be."""
    batch = _batch_or_404(request, refundbatch_id)
    line_ids = batch.lines.values_list("pk", flat=True)
    form = ResultForm(request.POST, line_ids=line_ids)
    if not form.is_valid():
        faults = [words for field in form.errors.values() for words in field]
        return _batch_page(request, batch, faults=faults, status=422)
    said = form.cleaned_data
    try:
        if request.POST.get("result") == RefundLine.Result.FAILED:
            count = paying_refunds.note_failed(
                batch, said["lines"], reason=said["reason"], by=request.user
            )
            messages.success(request, _("已登记 %(count)d 笔支付失败。") % {"count": count})
        else:
            count = paying_refunds.note_paid(
                batch, said["lines"], paid_on=said["paid_on"], by=request.user
            )
            messages.success(request, _("已登记 %(count)d 笔支付。") % {"count": count})
    except Refusal as refusal:
        return _batch_page(request, batch, faults=[str(refusal)], status=refusal.status)
    return redirect("contributions:refund_batch", batch.pk)


@needs("pay_refund")
@require_GET
def refund_batch_excel(request, refundbatch_id):
    """The list as the tax bureau or the bank takes it; with full numbers, so it is on record."""
    batch = _batch_or_404(request, refundbatch_id)
    entry = record("download_refund_batch", batch, by=request.user)
    title = _("退费名单 %(number)s") % {"number": batch.number}
    notes = [
        (_("批次号"), batch.number),
        (_("谁来退"), str(batch.get_payer_display())),
        (_("导出时间"), timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M")),
        (_("导出人"), f"{entry.staff} {entry.staff.username}"),
        (_("导出编号"), str(entry.pk)),
    ]
    rows = refund_lists.rows(batch)
    content = workbook(refund_lists.columns(), rows, title=title, notes=notes)
    return file_answer(content, f"{title}.xlsx")


@needs("pay_refund")
@require_GET
def refund_batch_paper(request, refundbatch_id):
    """The voucher list of a batch as PDF, every sum in capitals."""
    batch = _batch_or_404(request, refundbatch_id)
    entry = record("download_refund_batch", batch, by=request.user)
    with override(WORDS_LANGUAGE):
        content = print_paper("list", refund_lists.voucher(batch, entry=entry))
    name = quote(f"退费返还表{batch.number}.pdf")
    return HttpResponse(
        content,
        content_type=PDF,
        headers={"Content-Disposition": f"inline; filename*=UTF-8''{name}"},
    )


def _refund_or_404(request, number):
    found = RefundRequest.objects.visible_to(request.user).with_sent()
    return get_object_or_404(
        found.select_related("resident", "exception__feed__file", "made_by"), pk=number
    )


def _batch_or_404(request, number):
    found = RefundBatch.objects.visible_to(request.user).select_related("made_by")
    return get_object_or_404(found, pk=number)
