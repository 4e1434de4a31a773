"""What waits on the start page of those who keep the books: exceptions, files, proposals."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.cash_owed import receipts_of
from contributions.models import (
    CashRemittance,
    CashSettings,
    Determination,
    PaymentException,
    PaymentFeed,
    RefundRequest,
    Reversal,
    SettingsProposal,
    SettlementProposal,
    WithholdingBatch,
    WithholdingLine,
)
from pension_portal.models import Job
from staff.waiting import State, Waiting

MOST_FEEDS = 10


def waiting_items(staff):
    """Give what waits for a decision about money."""
    if staff.may("settle_exception"):
        yield from _exceptions(staff)
    if staff.may("return_large_exception"):
        yield from _large_exceptions(staff)
    yield from _refunds(staff)
    yield from _cash(staff)
    yield from _withheld_twice(staff)
    yield from _feeds(staff)
    if staff.may("approve_determination"):
        yield Waiting(
            _("补缴核定待审批"),
            Determination.objects.visible_to(staff).waiting().count(),
            f"{reverse('contributions:determinations')}?state=waiting",
            _("份"),
        )
    if staff.may("approve_settings"):
        yield Waiting(
            _("对账设置变更待审批"),
            SettingsProposal.objects.visible_to(staff).waiting().count(),
            reverse("contributions:settings"),
            _("项"),
        )


def _cash(staff):
    """Give what a village still has to hand in, and what waits for somebody who saw the voucher."""
    if not staff.may("view_receipt"):
        return
    url = reverse("contributions:cash_receipts", args=[staff.area_code])
    if staff.may("make_cash"):
        owed = receipts_of(staff.area_code, staff, standing="owed")
        yield Waiting(_("代收现金未上解"), owed.count(), f"{url}?standing=owed", _("张"))
    if staff.may("confirm_cash"):
        remitted = CashRemittance.objects.visible_to(staff).waiting()
        cash = reverse("contributions:cash", args=[staff.area_code])
        yield Waiting(_("上解待确认"), remitted.count(), cash, _("笔"))
    if staff.may("confirm_cash") or staff.may("set_cash"):
        days = CashSettings.days_of(staff.county_code)
        yield Waiting(
            _("村级下欠超期"),
            receipts_of(staff.area_code, staff, standing="overdue").count(),
            f"{url}?standing=overdue",
            _("张"),
            note=_("超过 %(days)s 天") % {"days": days},
        )


def _withheld_twice(staff):
    """Give what the bank has taken twice and not given back, for whoever deals with the bank."""
    if not staff.may("send_withholding"):
        return
    batches = WithholdingBatch.objects.visible_to(staff)
    count = WithholdingLine.objects.filter(batch__in=batches).to_return().count()
    yield Waiting(_("重复代扣待退"), count, reverse("contributions:withholdings"), _("笔"))


def _exceptions(staff):
    url = reverse("contributions:exceptions")
    found = PaymentException.objects.visible_to(staff)
    settled = found.filter(settled_by=staff, settled_at__date=timezone.localdate())
    yield Waiting(_("缴费异常"), found.open().count(), url, _("笔"))
    yield Waiting(_("今天处理的异常"), settled.count(), f"{url}?state=posted", _("笔"), State.DONE)
    mine = found.open().claimed().filter(claimed_by=staff)
    yield Waiting(
        _("本人领取的异常"),
        mine.count(),
        f"{url}?owner=mine",
        _("笔"),
        State.HANDLED,
        who=staff.name,
    )


def _large_exceptions(staff):
    """Give the large exceptions that wait for this person's part."""
    waiting = SettlementProposal.objects.visible_to(staff).waiting()
    ours = [
        one
        for one in waiting.exclude(made_by=staff).only("state", "area_code", "county_code")
        if staff.may(one.review_action if one.waits_for_review else one.approve_action)
    ]
    url = reverse("contributions:settlement_proposals")
    yield Waiting(_("大额异常待审批"), len(ours), url, _("笔"))


def _refunds(staff):
    """Give refunds and single reversals that wait for this person's part."""
    refunds, reversals = reverse("contributions:refunds"), reverse("contributions:reversals")
    found = RefundRequest.objects.visible_to(staff)
    if staff.may("review_refund"):
        ours = found.filter(state=RefundRequest.State.SUBMITTED).exclude(made_by=staff)
        yield Waiting(_("退费待复核"), ours.count(), f"{refunds}?standing=open", _("笔"))
    if staff.may("approve_refund"):
        to_approve = found.filter(state=RefundRequest.State.REVIEWED)
        yield Waiting(_("退费待审批"), to_approve.count(), f"{refunds}?standing=open", _("笔"))
    if staff.may("make_refund"):
        mine = found.filter(made_by=staff, state=RefundRequest.State.RETURNED)
        yield Waiting(_("退费被退回"), mine.count(), f"{refunds}?standing=open", _("笔"))
    if staff.may("pay_refund"):
        waiting = found.to_be_paid()
        yield Waiting(_("退费待支付"), waiting.count(), f"{refunds}?standing=pending", _("笔"))
    found = Reversal.objects.visible_to(staff)
    if staff.may("review_reversal"):
        count = found.filter(state=Reversal.State.SUBMITTED).count()
        yield Waiting(_("单笔冲正待复核"), count, reversals, _("笔"))
    if staff.may("approve_reversal"):
        count = found.filter(state=Reversal.State.REVIEWED).count()
        yield Waiting(_("单笔冲正待审批"), count, reversals, _("笔"))


def _feeds(staff):
    """Give the files that wait, in hand where somebody else has to decide."""
    waiting = PaymentFeed.objects.visible_to(staff).filter(job__state=Job.State.WAITING)
    for feed in waiting.select_related("file", "uploaded_by")[:MOST_FEEDS]:
        is_for_me = (
            staff.may("upload_feed")
            if feed.questions
            else staff.may("post_feed") and feed.uploaded_by_id != staff.pk
        )
        yield Waiting(
            _("缴费文件的列待确认") if feed.questions else _("缴费文件待批准入账"),
            1,
            reverse("contributions:feed", args=[feed.pk]),
            _("个"),
            State.UNTOUCHED if is_for_me else State.HANDLED,
            who="" if is_for_me else _waits_for(feed),
            note=feed.file.name,
        )


def _waits_for(feed):
    return feed.uploaded_by.name if feed.questions else _("县级审批")
