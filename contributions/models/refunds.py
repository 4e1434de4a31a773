"""Money that should go back to who paid it: asked for, confirmed, paid, or withdrawn (退费).

a row that never reached the ledger    the treasury pays it back, through the tax bureau
a posted payment                       the fund pays it back, and a refund transfer follows
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contributions.models.exceptions import PaymentException
from enrollment.models import Resident
from staff.permissions import may


class RefundRequestQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Requests of the staff member's area, for duties that look at exceptions."""
        if not staff.area_code or not may(staff, "view_exception"):
            return self.none()
        return self.filter(county_code=staff.area_code[:6], area_code__startswith=staff.area_code)

    def standing(self):
        """Requests that were neither sent back nor withdrawn."""
        return self.exclude(state__in=[RefundRequest.State.REJECTED, RefundRequest.State.WITHDRAWN])


class RefundRequest(models.Model):
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
        OTHER_COVER = "other_cover", _("已参加职工养老保险")
        OTHER_COUNTY = "other_county", _("外县区参保")
        OTHER = "other", _("其他")

    class State(models.TextChoices):
        REQUESTED = "requested", _("待确认")
        CONFIRMED = "confirmed", _("待支付")
        PAID = "paid", _("已支付")
        FAILED = "failed", _("支付失败")
        WRITTEN_OFF = "written_off", _("已核销")
        REJECTED = "rejected", _("已退回")
        WITHDRAWN = "withdrawn", _("已撤回")

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
    state = models.CharField(_("状态"), max_length=11, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("申请人"), related_name="+"
    )
    requested_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("确认人"),
        related_name="+",
    )
    decided_at = models.DateTimeField(_("确认时间"), null=True)
    paid_on = models.DateField(_("退费日期"), null=True)

    objects = RefundRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("退费申请")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["exception"],
                condition=~Q(state__in=["rejected", "withdrawn"]),
                name="one_refund_of_an_exception",
            ),
            models.UniqueConstraint(
                fields=["county_code", "transfer_id"],
                condition=~Q(state__in=["rejected", "withdrawn"]),
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
                condition=~Q(requested_by=F("decided_by")), name="refund_needs_two_people"
            ),
        ]
        indexes = [
            models.Index(
                fields=["county_code", "area_code", "state", "id"], name="refund_by_state"
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.amount}"
