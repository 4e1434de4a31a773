"""The interest of a year: its terms, as the province announced them, and the runs crediting it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.models.sources import Source
from enrollment.models import PeopleQuerySet
from staff.models import Approvable, ApprovableQuerySet
from staff.permissions import may


class InterestQuerySet(ApprovableQuerySet):
    def visible_to(self, staff):
        """Those of the staff member's county, for duties that look after accounts."""
        if not staff.county_code or not may(staff, "view_interest"):
            return self.none()
        return self.filter(county_code=staff.county_code)

    def approved(self):
        return self.filter(state=Approvable.State.APPROVED)


class InterestTerms(Approvable):
    """What an account earns in one year (计息规则): the announced rate and how it is counted."""

    class DateBasis(models.TextChoices):
        TREASURY = "treasury", _("入库日期")
        PAID = "paid", _("缴款日期")
        POSTED = "posted", _("记账日期")

    class Starts(models.TextChoices):
        NEXT_MONTH = "next_month", _("次月起")
        SAME_MONTH = "same_month", _("当月起")
        NEXT_YEAR = "next_year", _("次年 1 月 1 日起")

    class Rounding(models.TextChoices):
        HALF_UP = "half_up", _("四舍五入到分")
        DOWN = "down", _("舍去分以下")

    county_code = models.CharField(_("县区代码"), max_length=6)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("计息年度"))
    # In per cent of a year, as announced: 3.59.
    rate = models.DecimalField(_("年利率（%）"), max_digits=6, decimal_places=4)
    date_basis = models.CharField(_("计息日依据"), max_length=8, choices=DateBasis)
    starts = models.CharField(_("起息"), max_length=10, choices=Starts)
    rounding = models.CharField(_("尾数"), max_length=7, choices=Rounding)
    document_no = models.CharField(_("文号"), max_length=60)

    objects = InterestQuerySet.as_manager()

    make_action, review_action = "make_interest", "review_interest"
    approve_action = "approve_interest"

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("计息规则")
        constraints = [
            *Approvable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(rate__gte=0) & Q(rate__lt=100), name="interest_rate_is_a_percentage"
            ),
            models.UniqueConstraint(
                fields=["county_code", "scheme_id", "year"],
                condition=~Q(state__in=["withdrawn"]),
                name="one_rate_a_year",
            ),
        ]

    def __str__(self):
        return f"{self.year} {self.rate.normalize():f}%"

    def content(self):
        names = ("county_code", "scheme_id", "year", "rate", "date_basis", "starts", "rounding")
        return {name: str(getattr(self, name)) for name in (*names, "document_no")}


class InterestRun(Approvable):
    """One crediting of a year's interest for everybody (年度结息); its lines count once approved.

    A second run of a year adds only what has changed since: payments that came late, reversals.
    """

    county_code = models.CharField(_("县区代码"), max_length=6)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("计息年度"))
    terms = models.ForeignKey(
        InterestTerms, models.PROTECT, verbose_name=_("计息规则"), related_name="runs"
    )
    job = models.ForeignKey(
        "pension_portal.Job", models.PROTECT, null=True, verbose_name=_("任务"), related_name="+"
    )
    people = models.IntegerField(_("账户数"), null=True)
    lines = models.IntegerField(_("结息笔数"), null=True)
    opening = models.DecimalField(_("年初余额"), max_digits=16, decimal_places=2, null=True)
    paid_in = models.DecimalField(_("本年记入"), max_digits=16, decimal_places=2, null=True)
    amount = models.DecimalField(_("利息"), max_digits=16, decimal_places=2, null=True)
    computed_at = models.DateTimeField(_("计算时间"), null=True)

    objects = InterestQuerySet.as_manager()

    make_action, review_action = "make_interest", "review_interest"
    approve_action = "approve_interest"

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("年度结息")
        constraints = [
            *Approvable.Meta.constraints,
            models.UniqueConstraint(
                fields=["county_code", "scheme_id", "year"],
                condition=~Q(state__in=["approved", "withdrawn"]),
                name="one_open_interest_run",
            ),
        ]

    def __str__(self):
        return f"{self.year}"

    def content(self):
        return {
            "run": self.pk,
            "terms": self.terms_id,
            "people": self.people,
            "lines": self.lines,
            "amount": str(self.amount),
        }


class InterestLine(models.Model):
    """The interest of one part of one account in one run (利息)."""

    pk = models.CompositePrimaryKey("county_code", "run_id", "resident_id", "source")
    county_code = models.CharField(_("县区代码"), max_length=6)
    run_id = models.BigIntegerField(_("年度结息"))
    resident_id = models.BigIntegerField(_("居民"))
    source = models.CharField(_("资金来源"), max_length=10, choices=Source)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("计息年度"))
    village_code = models.CharField(_("村（社区）"), max_length=12)
    opening = models.DecimalField(_("年初余额"), max_digits=12, decimal_places=2)
    paid_in = models.DecimalField(_("本年记入"), max_digits=12, decimal_places=2)
    amount = models.DecimalField(_("利息"), max_digits=12, decimal_places=2)

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("利息")
        indexes = [
            models.Index(fields=["resident_id", "year"], name="interest_of_resident"),
        ]
