"""Cash that villages collect and hand in (村级现金): receipts, what they cover, remittances.

    03-02  郑好 takes 300.00 + 300.00 from 张桂兰's household   receipt 101201-2021-0007
    03-04  the village pays 600.00 in at the bank              remittance, voucher 0318821
    03-05  the town's clerk has seen the voucher               confirmed

下欠, what a village owes, is 代收 less 上解: receipts that stand less those in a confirmed
remittance. Nothing here is a payment: the ledger learns of the money from the tax bureau's export,
and a line of a receipt is matched with it by person, scheme and year.
"""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contributions.models.chase import Collector
from contributions.models.ledger import EffectiveTransfer, Transfer
from enrollment.models import PeopleQuerySet, Resident
from pension_portal.clock import today
from staff.models import Approvable, ApprovableQuerySet
from staff.permissions import may

DEFAULT_OVERDUE_DAYS = 5


class CashRemittanceQuerySet(ApprovableQuerySet):
    def visible_to(self, staff):
        """Remittances of the staff member's area, for duties that look at villages' cash."""
        if not staff.area_code or not may(staff, "view_cash"):
            return self.none()
        return self.filter(
            county_code=staff.area_code[:6], village_code__startswith=staff.area_code
        )


class CashRemittance(Approvable):
    """Cash that a village handed in at once (上解): when, where, by which voucher, which receipts.

    It counts once a second person has seen the voucher.
    """

    class PaidTo(models.TextChoices):
        BANK = "bank", _("银行专户")
        TAX = "tax", _("税务征收窗口")

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    remitted_on = models.DateField(_("上解日期"))
    paid_to = models.CharField(_("交到哪里"), max_length=4, choices=PaidTo)
    voucher = models.CharField(_("凭证号"), max_length=40)
    amount = models.DecimalField(_("上解金额"), max_digits=12, decimal_places=2)

    objects = CashRemittanceQuerySet.as_manager()

    needs_review = False
    make_action, approve_action = "make_cash", "confirm_cash"
    lasts = None

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("上解")
        ordering = ["-id"]
        constraints = [
            *Approvable.Meta.constraints,
            models.UniqueConstraint(
                fields=["county_code", "paid_to", "voucher"],
                condition=~Q(state="withdrawn"),
                name="one_remittance_of_a_voucher",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="remitted_amount_positive"),
        ]

    def __str__(self):
        return f"{self.remitted_on} {self.amount}"

    def content(self):
        names = ("village_code", "remitted_on", "paid_to", "voucher", "amount")
        receipts = sorted(self.receipts.values_list("number", "amount"))
        return {name: str(getattr(self, name)) for name in names} | {
            "receipts": [[number, str(amount)] for number, amount in receipts]
        }


class CashReceiptQuerySet(PeopleQuerySet):
    def of_area(self, staff):
        """Receipts of the staff member's area as sums, for duties that look at villages' cash."""
        if not staff.area_code or not may(staff, "view_cash"):
            return self.none()
        return self.inside(staff.area_code)

    def standing(self):
        """Receipts that were not voided."""
        return self.filter(voided_at=None)

    def remitted(self):
        """Those whose money was handed in, as a second person has seen."""
        return self.standing().filter(remittance__state=Approvable.State.APPROVED)

    def owed(self):
        """Those whose money the village still holds (下欠), on its way or not."""
        return self.standing().exclude(remittance__state=Approvable.State.APPROVED)

    def in_hand(self):
        """Those that are in no remittance yet."""
        return self.standing().filter(remittance=None)

    def overdue(self, days):
        """Those owed for more than so many days."""
        return self.owed().filter(received_on__lt=days_ago(days))


class CashReceipt(models.Model):
    """Cash taken by one collector from one payer, for one or several people (代收收据)."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    number = models.CharField(_("收据号"), max_length=24)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("缴费年度"))
    collector = models.ForeignKey(
        Collector, models.PROTECT, verbose_name=_("代收人"), related_name="+"
    )
    payer_name = models.CharField(_("交款人"), max_length=80)
    received_on = models.DateField(_("收款日期"))
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("登记人"), related_name="+"
    )
    made_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    remittance = models.ForeignKey(
        CashRemittance,
        models.PROTECT,
        null=True,
        verbose_name=_("上解"),
        related_name="receipts",
    )
    voided_at = models.DateTimeField(_("作废时间"), null=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("作废人"),
        related_name="+",
    )
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    objects = CashReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("代收收据")
        ordering = ["received_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "number"], name="one_receipt_of_a_number"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_amount_positive"),
            models.CheckConstraint(
                condition=Q(voided_at=None) | ~Q(void_reason=""), name="voided_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None) | Q(remittance=None), name="remitted_is_not_voided"
            ),
        ]
        indexes = [
            models.Index(
                fields=["county_code", "year", "village_code", "received_on"],
                name="receipt_by_village",
            )
        ]

    def __str__(self):
        return self.number

    @property
    def age(self):
        """Days since the money was taken."""
        return (today() - self.received_on).days


class CashLineQuerySet(PeopleQuerySet):
    def standing(self):
        return self.filter(is_void=False)

    def with_arrival(self):
        """Each with `has_arrived`: whether the ledger holds a payment of its person and year."""
        same = {name: models.OuterRef(name) for name in ("county_code", "resident_id", "year")}
        paid = EffectiveTransfer.objects.filter(
            **same, scheme_id=models.OuterRef("scheme_id"), source=Transfer.Source.OWN
        )
        return self.annotate(has_arrived=models.Exists(paid))


class CashLine(models.Model):
    """Whom a receipt is for, and how much (收据明细)."""

    receipt = models.ForeignKey(CashReceipt, models.PROTECT, related_name="lines")
    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("缴费年度"))
    resident = models.ForeignKey(Resident, models.PROTECT, verbose_name=_("居民"), related_name="+")
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    is_void = models.BooleanField(_("已作废"), default=False)

    objects = CashLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("收据明细")
        ordering = ["id"]
        constraints = [
            # Nobody's cash is taken twice for a year.
            models.UniqueConstraint(
                fields=["resident", "scheme_id", "year"],
                condition=Q(is_void=False),
                name="one_receipt_of_a_person_a_year",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_line_positive"),
        ]


class CashSettings(models.Model):
    """After how many days a county calls a village's cash overdue (下欠期限)."""

    county_code = models.CharField(max_length=6, primary_key=True)
    overdue_days = models.PositiveSmallIntegerField(_("下欠期限（天）"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("修改人"), related_name="+"
    )
    changed_at = models.DateTimeField(_("修改时间"), auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("下欠期限")

    @classmethod
    def days_of(cls, county_code):
        """Return a county's limit in days, or the one that comes with the portal."""
        days = cls.objects.filter(pk=county_code).values_list("overdue_days", flat=True).first()
        return DEFAULT_OVERDUE_DAYS if days is None else days


def days_ago(days):
    """Return the day so many days before today."""
    return today() - timedelta(days=days)
