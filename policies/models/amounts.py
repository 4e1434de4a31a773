"""Tiers, what each is subsidised with for most people, and the terms of back payment."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from policies.models.rules import Condition, Rule, yuan
from policies.models.terms import PolicyItem
from policies.models.versions import PolicyVersion
from policies.words import BACK_SUBSIDY_CHOICES, PAYMENT_KINDS, PAYMENT_SOURCES


class Tier(PolicyItem):
    """An amount one may pay for a year (缴费档次), or a range of amounts."""

    condition = models.ForeignKey(
        Condition, models.CASCADE, null=True, blank=True, related_name="+"
    )
    # A range in steps; its upper bound may be payable without being a step.
    step_amount = yuan(_("每级"))
    is_top_payable = models.BooleanField(default=True, db_default=True)
    # What somebody chose under the old table is now this tier; one tier is for who never chose.
    old_amounts = ArrayField(
        models.DecimalField(max_digits=10, decimal_places=2), null=True, blank=True
    )
    is_default = models.BooleanField(_("默认"), default=False, db_default=False)

    # 0 for a tier that only proxy payments use: citizens count the open tiers from 1.
    number = models.SmallIntegerField(_("档次"))
    amount = yuan(_("个人缴费"))
    amount_from = yuan(_("自"), null=False)
    amount_to = yuan(_("至"), null=False)
    proxy_only = models.BooleanField(_("代缴专用"), default=False)

    class Meta(PolicyItem.Meta):
        verbose_name = _("缴费档次")
        ordering = ["amount_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_from__gt=0, amount_to__gte=models.F("amount_from")),
                name="policies_tier_bounds",
            ),
        ]

    def __str__(self):
        return f"{self.amount}"


class TierSubsidy(models.Model):
    """What a payment of this tier, kind and source is subsidised with for most people (档次补贴).

    The answers of `sql/answers.sql` for somebody without identity, age or sex, asked once when a
    version is loaded: the tier table as it is printed. Payments ask the rules themselves.
    """

    policy = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="tier_subsidies")
    tier = models.ForeignKey(Tier, models.CASCADE, related_name="subsidies")
    number = models.SmallIntegerField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    proxy_only = models.BooleanField()
    kind = models.CharField(max_length=10, choices=PAYMENT_KINDS)
    source = models.CharField(max_length=10, choices=PAYMENT_SOURCES)
    # 0 when undecided: a sum over people stays a sum, and `decided` carries the warning.
    subsidy_amount = models.DecimalField(max_digits=10, decimal_places=2)
    subsidy_rule = models.ForeignKey(Rule, models.CASCADE, related_name="+")
    decided = models.BooleanField()

    class Meta:
        verbose_name = _("档次补贴")
        db_table = "policies_tier_subsidy"
        constraints = [
            models.UniqueConstraint(
                fields=["tier", "kind", "source"],
                name="policies_tier_subsidy_one_of_a_tier",
            ),
            models.CheckConstraint(
                condition=Q(decided=True, subsidy_amount__gte=0)
                | Q(decided=False, subsidy_amount=0),
                name="policies_tier_subsidy_decided",
            ),
        ]


class BackPaymentRule(PolicyItem):
    """How missed years may be paid (补缴规则); one per version."""

    policy = models.OneToOneField(PolicyVersion, models.CASCADE, related_name="back_payment_rule")
    needs_determination = models.BooleanField(_("须先核定"))
    subsidy = models.CharField(_("缴费补贴"), max_length=10, choices=BACK_SUBSIDY_CHOICES)
    years_cap = models.SmallIntegerField(_("累计年限上限"), null=True, blank=True)
    determination_article = models.CharField(_("核定依据"), max_length=200)
    years_cap_article = models.CharField(_("年限依据"), max_length=200, blank=True)

    class Meta(PolicyItem.Meta):
        verbose_name = _("补缴规则")

    def __str__(self):
        return self.get_subsidy_display()
