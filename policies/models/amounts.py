"""Tiers, subsidies, proxy payments, back payments and who bears the cost.

`SubsidyRule` is a decision table: each row says for which payments it answers (bounds, tier
numbers, kind, source, identity) and what the answer is. The row with the smallest `priority`
that fits answers; the loader sees to it that for every tier exactly one does.
`TierSubsidy` is that answer written down once per version, for SQL to join on equal amounts.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from policies.models.terms import PolicyItem
from policies.models.versions import PolicyVersion
from policies.words import (
    BACK_SUBSIDY_CHOICES,
    IDENTITY_CHOICES,
    PAYER_CHOICES,
    PAYMENT_KINDS,
    PAYMENT_SOURCES,
    PROXY_AMOUNT_CHOICES,
    SHARE_SUBJECT_CHOICES,
    STACKING_CHOICES,
)


def yuan(label, **options):
    """A column for yuan with two places; empty unless said otherwise."""
    options = {"null": True, "blank": True, **options}
    return models.DecimalField(label, max_digits=10, decimal_places=2, **options)


class Tier(PolicyItem):
    """An amount one may pay for a year (缴费档次)."""

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
            models.UniqueConstraint(
                fields=["policy", "amount_from"], name="policies_tier_one_amount"
            ),
            models.CheckConstraint(
                condition=Q(amount_from__gt=0, amount_to__gte=models.F("amount_from")),
                name="policies_tier_bounds",
            ),
        ]

    def __str__(self):
        return f"{self.amount}"


class SubsidyRule(PolicyItem):
    """One row of the decision table for the yearly subsidy (缴费补贴规则)."""

    # For which payments. An empty bound is open; empty text means any.
    amount_from = yuan(_("缴费自"))
    amount_to = yuan(_("缴费至"))
    from_inclusive = models.BooleanField(default=True)
    to_inclusive = models.BooleanField(default=True)
    tier_number_from = models.SmallIntegerField(_("档次自"), null=True, blank=True)
    tier_number_to = models.SmallIntegerField(_("档次至"), null=True, blank=True)
    payment_kind = models.CharField(_("缴费类型"), max_length=10, blank=True, choices=PAYMENT_KINDS)
    payment_source = models.CharField(
        _("资金来源"), max_length=10, blank=True, choices=PAYMENT_SOURCES
    )
    identity = models.CharField(_("身份"), max_length=20, blank=True, choices=IDENTITY_CHOICES)
    grade_max = models.SmallIntegerField(_("等级"), null=True, blank=True)
    # Age and sex bands wait for a later language; the loader refuses them by name till then.
    age_from = models.SmallIntegerField(_("年龄自"), null=True, blank=True)
    age_to = models.SmallIntegerField(_("年龄至"), null=True, blank=True)
    age_on = models.CharField(_("年龄计算日"), max_length=20, blank=True)
    sex = models.CharField(_("性别"), max_length=1, blank=True)

    # The answer: least(cap, base + rate of something + steps × per_tier_step).
    decided = models.BooleanField(_("已定"), default=True)
    base_amount = yuan(_("补贴"))
    rate = models.DecimalField(_("比例"), max_digits=7, decimal_places=4, null=True, blank=True)
    of = models.CharField(
        _("比例基数"),
        max_length=10,
        blank=True,
        choices=[("payment", _("缴费额")), ("tier", _("档次")), ("base", _("外部基数"))],
    )
    per_tier_step = yuan(_("每档增加"))
    cap_amount = yuan(_("封顶"))
    cap_years = models.SmallIntegerField(_("封顶年数"), null=True, blank=True)
    priority = models.SmallIntegerField(_("次序"), default=100)
    stacking = models.CharField(
        _("方式"), max_length=10, choices=STACKING_CHOICES, default="instead"
    )

    class Meta(PolicyItem.Meta):
        verbose_name = _("缴费补贴规则")
        constraints = [
            # Undecided is said, never implied by a zero (X08).
            models.CheckConstraint(
                condition=Q(decided=True, base_amount__isnull=False)
                | Q(decided=False, base_amount__isnull=True),
                name="policies_subsidyrule_decided",
            ),
        ]

    def __str__(self):
        return f"{self.amount_from}–{self.amount_to}: {self.base_amount}"


class TierSubsidy(models.Model):
    """What a payment of this tier, kind and source is subsidised with (档次补贴).

    Computed by `sql/decide_tier_subsidies.sql` when a version is loaded and never again:
    a version answers for ever as it did on its first day (Y23).
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
    subsidy_rule = models.ForeignKey(SubsidyRule, models.CASCADE, related_name="+")
    decided = models.BooleanField()

    class Meta:
        verbose_name = _("档次补贴")
        db_table = "policies_tier_subsidy"
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "amount", "kind", "source"],
                name="policies_tier_subsidy_one_answer",
            ),
            models.CheckConstraint(
                condition=Q(decided=True, subsidy_amount__gte=0)
                | Q(decided=False, subsidy_amount=0),
                name="policies_tier_subsidy_decided",
            ),
        ]


class ProxyRule(PolicyItem):
    """Whose contribution the government pays, and how much of it (代缴规则)."""

    identity = models.CharField(_("身份"), max_length=20, choices=IDENTITY_CHOICES)
    # 1 is the most severe, so 二级以上 is a grade of at most 2 (X13).
    grade_max = models.SmallIntegerField(_("等级"), null=True, blank=True)
    amount_rule = models.CharField(_("标准"), max_length=10, choices=PROXY_AMOUNT_CHOICES)
    rate = models.DecimalField(_("比例"), max_digits=7, decimal_places=4, null=True, blank=True)
    # The rule worked out for this year's tiers: 最高档次 stands here as 6000.00 (Y18).
    amount = yuan(_("代缴金额"))
    own_amount = yuan(_("个人缴费"))
    tier_amount = yuan(_("档次金额"))
    wife_age_from = models.SmallIntegerField(_("女方年满"), null=True, blank=True)
    condition = models.CharField(_("说明"), max_length=200, blank=True)
    priority = models.SmallIntegerField(_("次序"), default=100)

    class Meta(PolicyItem.Meta):
        verbose_name = _("代缴规则")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    amount_rule="undecided",
                    amount__isnull=True,
                    own_amount__isnull=True,
                    tier_amount__isnull=True,
                )
                | Q(
                    ~Q(amount_rule="undecided"),
                    amount__gt=0,
                    own_amount__gte=0,
                    tier_amount=models.F("amount") + models.F("own_amount"),
                ),
                name="policies_proxyrule_amounts",
            ),
        ]

    def __str__(self):
        return f"{self.get_identity_display()} {self.amount}"


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


class FundingShare(PolicyItem):
    """Which level of government bears which part (资金分担)."""

    subject = models.CharField(_("项目"), max_length=10, choices=SHARE_SUBJECT_CHOICES)
    payer = models.CharField(_("承担"), max_length=12, choices=PAYER_CHOICES)
    rate = models.DecimalField(_("比例"), max_digits=7, decimal_places=4)

    class Meta(PolicyItem.Meta):
        verbose_name = _("资金分担")
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "subject", "payer"], name="policies_fundingshare_one_part"
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0, rate__lte=1), name="policies_fundingshare_rate"
            ),
        ]

    def __str__(self):
        return f"{self.get_payer_display()} {self.rate}"
