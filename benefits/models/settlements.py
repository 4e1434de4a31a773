"""An account paid out before a pension: on death, leaving, months paid twice (账户清算)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.models.sources import Source
from enrollment.models import PeopleQuerySet, Resident
from pension_portal.secrecy import SealedTextField
from staff.models import Approvable, ApprovableQuerySet
from staff.permissions import may


class SettlementQuerySet(ApprovableQuerySet, PeopleQuerySet):
    def visible_to(self, staff):
        """Settlements of people of the staff member's area, for duties that look at them."""
        if not staff.area_code or not may(staff, "view_settlement"):
            return self.none()
        return self.inside(staff.area_code)

    def approved(self):
        return self.filter(state=Approvable.State.APPROVED)


class Settlement(Approvable):
    """What somebody's account comes to on one day, and to whom it goes (账户清算)."""

    class Reason(models.TextChoices):
        DEATH = "death", _("死亡")
        MOVED_OUT = "moved_out", _("户籍跨县转出")
        EMPLOYEES = "employees", _("转入职工养老保险")
        EMIGRATED = "emigrated", _("出国（境）定居")
        OVERLAP = "overlap", _("与职工养老保险重复缴费")

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    resident = models.ForeignKey(Resident, models.PROTECT, verbose_name=_("居民"), related_name="+")
    scheme_id = models.SmallIntegerField(_("险种"))
    reason = models.CharField(_("清算原因"), max_length=10, choices=Reason)
    settled_on = models.DateField(_("清算日期"))
    # Only for months that were paid in both schemes.
    overlap_year = models.SmallIntegerField(_("重复年度"), null=True, blank=True)
    overlap_months = models.SmallIntegerField(_("重复月数"), null=True, blank=True)
    # The rate of an earlier year, where this year's is not announced yet.
    terms = models.ForeignKey(
        "benefits.InterestTerms",
        models.PROTECT,
        null=True,
        verbose_name=_("计息规则"),
        related_name="+",
    )
    is_provisional = models.BooleanField(_("按上一年利率预计"), default=False)
    amount = models.DecimalField(_("合计"), max_digits=12, decimal_places=2)
    payee_name = models.CharField(_("收款人"), max_length=60, blank=True)
    payee_relation = models.CharField(_("与本人关系"), max_length=20, blank=True)
    payee_account = SealedTextField(_("收款账号"), null=True, blank=True)
    payee_bank = models.CharField(_("开户银行"), max_length=60, blank=True)
    paid_on = models.DateField(_("支付日期"), null=True)
    paid_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, verbose_name=_("支付经办"), related_name="+"
    )

    objects = SettlementQuerySet.as_manager()

    make_action, review_action = "make_settlement", "review_settlement"
    approve_action = "approve_settlement"

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("账户清算")
        constraints = [
            *Approvable.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(reason="overlap")
                | Q(overlap_year__isnull=False, overlap_months__range=(1, 12)),
                name="overlap_names_year_and_months",
            ),
            models.UniqueConstraint(
                fields=["county_code", "resident", "scheme_id"],
                condition=~Q(reason="overlap") & ~Q(state__in=["withdrawn", "approved"]),
                name="one_open_closing_of_an_account",
            ),
            models.UniqueConstraint(
                fields=["county_code", "resident", "scheme_id", "overlap_year"],
                condition=Q(reason="overlap") & ~Q(state="withdrawn"),
                name="one_overlap_a_year",
            ),
            models.CheckConstraint(
                condition=Q(paid_on=None) | Q(state="approved"), name="paid_out_after_approval"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="settlement_pays_out"),
        ]

    def __str__(self):
        return f"{self.resident} {self.get_reason_display()}"

    def content(self):
        whole = ("resident_id", "scheme_id", "reason", "settled_on", "overlap_year", "amount")
        payee = ("overlap_months", "payee_name", "payee_relation", "payee_account", "payee_bank")
        return {name: str(getattr(self, name)) for name in (*whole, *payee)} | {
            "lines": [
                [line.source, str(line.principal), str(line.interest)]
                for line in self.lines.order_by("source")
            ]
        }

    @property
    def closes_the_account(self):
        return self.reason != self.Reason.OVERLAP


class SettlementLine(models.Model):
    """One part of what is paid out (清算明细).

    A part may be below zero, where more was taken back from it than it held: the others make up
    for it, so that a closed account is empty part by part. So may interest, where more was credited
    than was earned up to the day.
    """

    settlement = models.ForeignKey(Settlement, models.CASCADE, related_name="lines")
    source = models.CharField(_("资金来源"), max_length=10, choices=Source)
    principal = models.DecimalField(_("本金及已结利息"), max_digits=12, decimal_places=2)
    interest = models.DecimalField(_("当年利息"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = _("清算明细")
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "source"], name="one_line_a_source_of_a_settlement"
            ),
        ]

    @property
    def amount(self):
        return self.principal + self.interest
