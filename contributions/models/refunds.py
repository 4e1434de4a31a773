"""Money that goes back to who paid it (退费), and single payments taken back (单笔冲正).

    a row that never reached the ledger    the treasury pays it back, through the tax bureau
    a posted payment                       the fund pays it back, and a refund transfer follows

Three people agree to a refund; then it waits for its payment, travels in a batch, and is paid, or
fails and is tried again, or is written off.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contributions.models.exceptions import PaymentException
from enrollment.models import PeopleQuerySet, Resident
from pension_portal.secrecy import SealedTextField
from staff.models import Approvable, ApprovableQuerySet
from staff.permissions import may


class RefundRequestQuerySet(ApprovableQuerySet):
    def visible_to(self, staff):
        """Requests of the staff member's area, for duties that look at refunds."""
        if not staff.area_code or not may(staff, "view_refund"):
            return self.none()
        return self.filter(county_code=staff.area_code[:6], area_code__startswith=staff.area_code)

    def standing(self):
        """Requests that were not withdrawn."""
        return self.exclude(state=Approvable.State.WITHDRAWN)

    def to_be_paid(self):
        """Approved ones whose money is in no batch yet."""
        pending = self.filter(payment=RefundRequest.Payment.PENDING)
        return pending.exclude(lines__result=RefundLine.Result.SENT)

    def with_sent(self):
        """Each with `is_sent`: whether a batch has it on its way."""
        on_the_way = RefundLine.objects.filter(
            request=models.OuterRef("pk"), result=RefundLine.Result.SENT
        )
        return self.annotate(is_sent=models.Exists(on_the_way))


class RefundRequest(Approvable):
    """Somebody's wish that one payment goes back to who paid it (退费申请)."""

    class Payer(models.TextChoices):
        TREASURY = "treasury", _("国库（入账前，由税务退库）")
        FUND = "fund", _("社保基金（入账后，由经办机构退）")

    class Cause(models.TextChoices):
        DOUBLE = "double", _("重复缴费")
        WRONG_YEAR = "wrong_year", _("错缴年度")
        WRONG_SCHEME = "wrong_scheme", _("错缴险种")
        WRONG_AMOUNT = "wrong_amount", _("金额不是档次")
        NOT_PAYABLE = "not_payable", _("不应缴费")
        DEATH = "death", _("缴费后死亡")
        OTHER_COVER = "other_cover", _("已参加职工养老保险")
        OTHER_COUNTY = "other_county", _("外县区参保")
        OTHER = "other", _("其他")

    class Payment(models.TextChoices):
        NONE = "", _("未审批")
        PENDING = "pending", _("待支付")
        PAID = "paid", _("已支付")
        FAILED = "failed", _("支付失败")
        WRITTEN_OFF = "written_off", _("已核销")

    # The kinds of refunds in the provincial system, by the cause; any other is an adjustment.
    KINDS = {
        Cause.DOUBLE: "F10004",
        Cause.DEATH: "F10006",
        Cause.NOT_PAYABLE: "F10006",
        Cause.OTHER_COVER: "F10006",
    }
    KIND_WORDS = {
        "F10004": _("重复缴费退费"),
        "F10006": _("享受终止退保"),
        "F10007": _("缴费调整退款"),
    }

    county_code = models.CharField(_("县区代码"), max_length=6)
    area_code = models.CharField(_("区域"), max_length=12)
    year = models.SmallIntegerField(_("征缴年度"))
    scheme_id = models.SmallIntegerField(_("险种"), null=True)
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, verbose_name=_("居民"), related_name="+"
    )
    name = models.CharField(_("姓名"), max_length=80)
    exception = models.ForeignKey(
        PaymentException, models.PROTECT, null=True, verbose_name=_("异常"), related_name="refunds"
    )
    transfer_id = models.BigIntegerField(_("账目号"), null=True)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    payer = models.CharField(_("谁来退"), max_length=8, choices=Payer)
    cause = models.CharField(_("退费原因"), max_length=12, choices=Cause)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    payee_name = models.CharField(_("收款人"), max_length=60, blank=True)
    payee_bank = models.CharField(_("开户银行"), max_length=60, blank=True)
    payee_account = SealedTextField(_("收款账号"), null=True, blank=True)
    payment = models.CharField(_("支付"), max_length=11, choices=Payment, blank=True)
    paid_on = models.DateField(_("退费日期"), null=True)
    written_off_reason = models.CharField(_("核销原因"), max_length=200, blank=True)

    objects = RefundRequestQuerySet.as_manager()

    make_action, review_action = "make_refund", "review_refund"
    approve_action = "approve_refund"

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("退费申请")
        ordering = ["-id"]
        constraints = [
            *Approvable.Meta.constraints,
            models.UniqueConstraint(
                fields=["exception"],
                condition=~Q(state="withdrawn"),
                name="one_refund_of_an_exception",
            ),
            models.UniqueConstraint(
                fields=["county_code", "transfer_id"],
                condition=~Q(state="withdrawn"),
                name="one_refund_of_a_transfer",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            # What stands in the ledger is the fund's to pay back, what does not is the treasury's.
            models.CheckConstraint(
                condition=Q(payer="treasury", transfer_id=None)
                | Q(payer="fund", transfer_id__isnull=False),
                name="refund_payer_follows_the_ledger",
            ),
            models.CheckConstraint(
                condition=Q(payment="") | Q(state="approved"), name="refund_paid_after_approval"
            ),
            models.CheckConstraint(
                condition=Q(payment="paid", paid_on__isnull=False)
                | (~Q(payment="paid") & Q(paid_on=None)),
                name="refund_paid_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(payment="written_off") | ~Q(written_off_reason=""),
                name="refund_written_off_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["county_code", "area_code", "state", "payment"], name="refund_by_state"
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.amount}"

    @property
    def needs_review(self):
        """What belongs to no town is of the county alone, and goes straight to its approver."""
        return len(self.area_code) > len(self.county_code)

    @property
    def trail_area(self):
        return self.area_code

    @property
    def kind(self):
        """The code of the provincial system and its words."""
        code = self.KINDS.get(self.cause, "F10007")
        return code, self.KIND_WORDS[code]

    def content(self):
        of_the_payment = ("exception_id", "transfer_id", "resident_id", "name", "year", "amount")
        of_the_refund = ("payer", "cause", "note", "payee_name", "payee_bank", "payee_account")
        return {name: str(getattr(self, name)) for name in (*of_the_payment, *of_the_refund)}


class RefundBatchQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Batches of the staff member's county: they name people of all its towns."""
        if not staff.county_code or not may(staff, "view_refund_batch"):
            return self.none()
        return self.filter(county_code=staff.county_code)


class RefundBatch(models.Model):
    """Refunds that go out together: to the tax bureau, or as the fund's vouchers (退费批次)."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    number = models.CharField(_("批次号"), max_length=20)
    payer = models.CharField(_("谁来退"), max_length=8, choices=RefundRequest.Payer)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("经办人"), related_name="+"
    )
    made_at = models.DateTimeField(_("生成时间"), auto_now_add=True)

    objects = RefundBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("退费批次")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "number"], name="one_refund_batch_number"
            )
        ]

    def __str__(self):
        return self.number


class RefundLine(models.Model):
    """One refund in one batch, as it was sent, and what came of it (退费明细)."""

    class Result(models.TextChoices):
        SENT = "sent", _("已送出")
        PAID = "paid", _("已支付")
        FAILED = "failed", _("支付失败")

    batch = models.ForeignKey(RefundBatch, models.PROTECT, related_name="lines")
    request = models.ForeignKey(RefundRequest, models.PROTECT, related_name="lines")
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    payee_name = models.CharField(_("收款人"), max_length=60, blank=True)
    payee_bank = models.CharField(_("开户银行"), max_length=60, blank=True)
    payee_account = SealedTextField(_("收款账号"), null=True, blank=True)
    result = models.CharField(_("结果"), max_length=6, choices=Result, default=Result.SENT)
    reason = models.CharField(_("失败原因"), max_length=200, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("登记人"),
        related_name="+",
    )
    noted_on = models.DateField(_("登记日期"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("退费明细")
        ordering = ["id"]
        constraints = [
            # Never twice: neither on its way in two batches, nor paid by two.
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(result__in=["sent", "paid"]),
                name="one_payment_of_a_refund",
            ),
            models.CheckConstraint(
                condition=~Q(result="failed") | ~Q(reason=""), name="refund_failed_for_a_reason"
            ),
        ]


class ReversalQuerySet(ApprovableQuerySet, PeopleQuerySet):
    def visible_to(self, staff):
        """Reversals of payments of the staff member's area, for duties that look at them."""
        if not staff.area_code or not may(staff, "view_reversal"):
            return self.none()
        return self.inside(staff.area_code)


class Reversal(Approvable):
    """The wish to take one payment out of the books again (单笔冲正)."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    resident = models.ForeignKey(Resident, models.PROTECT, verbose_name=_("居民"), related_name="+")
    year = models.SmallIntegerField(_("缴费年度"))
    transfer_id = models.BigIntegerField(_("账目号"))
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("冲正原因"), max_length=200)

    objects = ReversalQuerySet.as_manager()

    make_action, review_action = "make_reversal", "review_reversal"
    approve_action = "approve_reversal"

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("单笔冲正")
        ordering = ["-id"]
        constraints = [
            *Approvable.Meta.constraints,
            models.UniqueConstraint(
                fields=["county_code", "transfer_id"],
                condition=~Q(state="withdrawn"),
                name="one_reversal_of_a_transfer",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="reversal_has_its_reason"),
        ]

    def __str__(self):
        return f"{self.year}-{self.transfer_id}"

    def content(self):
        names = ("transfer_id", "resident_id", "year", "amount", "reason")
        return {name: str(getattr(self, name)) for name in names}
