"""An account that comes from another county with its owner (转移接续转入)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.models.settlements import SettlementQuerySet
from benefits.models.sources import Source
from enrollment.models import Resident
from staff.models import Approvable


class AccountMove(Approvable):
    """An account on its way from elsewhere (转入): asked for, answered, the money here, posted."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    resident = models.ForeignKey(Resident, models.PROTECT, verbose_name=_("居民"), related_name="+")
    scheme_id = models.SmallIntegerField(_("险种"))
    from_place = models.CharField(_("原参保地"), max_length=60)
    asked_on = models.DateField(_("申请日期"))
    letter_on = models.DateField(_("发函日期"), null=True, blank=True)
    answered_on = models.DateField(_("原地转出日期"), null=True, blank=True)
    received_on = models.DateField(_("资金到账日期"), null=True, blank=True)
    years_paid = models.SmallIntegerField(_("已缴年限"), null=True, blank=True)
    amount = models.DecimalField(_("转入金额"), max_digits=12, decimal_places=2, default=0)

    objects = SettlementQuerySet.as_manager()

    make_action, review_action = "make_settlement", "review_settlement"
    approve_action = "approve_settlement"
    # Letters between two counties take weeks.
    lasts = None

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("转入")
        constraints = [
            *Approvable.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(received_on__isnull=False, amount__gt=0),
                name="moved_account_posts_what_arrived",
            ),
        ]

    def __str__(self):
        return f"{self.resident} {self.from_place}"

    def content(self):
        names = ("resident_id", "scheme_id", "from_place", "received_on", "years_paid", "amount")
        return {name: str(getattr(self, name)) for name in names} | {
            "sums": [[one.source, str(one.amount)] for one in self.sums.order_by("source")]
        }


class MovedSum(models.Model):
    """One part of the account that came (转入明细), interest included."""

    move = models.ForeignKey(AccountMove, models.CASCADE, related_name="sums")
    source = models.CharField(_("资金来源"), max_length=10, choices=Source)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = _("转入明细")
        constraints = [
            models.UniqueConstraint(fields=["move", "source"], name="one_sum_a_source_of_a_move"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="moved_sum_positive"),
        ]
