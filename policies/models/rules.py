"""Conditions and rules: the one decision table that every amount of a policy is worked out from.

    {缴费满: 2000, 性别: 女, 补贴: 200, 比例: 1%, 封顶: 260}

is a Condition (money of 2000 and more, women) and a Rule (subject subsidy: 200 + 1% of the payment,
at most 260). Subsidies, proxy payments, shares, caps, back payments, benefits: all are rows of this
table, all have the same conditions and the same arithmetic, and `sql/answers.sql` is the only place
that reads them. A rule without condition holds for everyone.
"""

from django.contrib.postgres.fields import (
    ArrayField,
    DateRangeField,
    DecimalRangeField,
    IntegerRangeField,
)
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from policies.models.terms import PolicyItem
from policies.models.versions import PolicyVersion
from policies.words import (
    IDENTITY_NAMES,
    PAYER_CHOICES,
    PAYMENT_KINDS,
    PAYMENT_SOURCES,
    SHARE_SUBJECT_CHOICES,
    STACKING_CHOICES,
    SUBJECT_CHOICES,
)


def yuan(label, **options):
    """A column for yuan with two places; empty unless said otherwise."""
    options = {"null": True, "blank": True, **options}
    return models.DecimalField(label, max_digits=10, decimal_places=2, **options)


def exact(label):
    """A column for what is worked out and rounded only at the end."""
    return models.DecimalField(label, max_digits=18, decimal_places=6, null=True, blank=True)


class Condition(models.Model):
    """For whom and for which payment something holds (适用条件); an empty column asks nothing.

    A range says by itself whether its bounds are included. Ages on a stated day stand as days of
    birth, so that no age is worked out for 260,000 people.
    """

    policy = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="conditions")
    kind = models.CharField(_("缴费类型"), max_length=10, blank=True, choices=PAYMENT_KINDS)
    source = models.CharField(_("资金来源"), max_length=10, blank=True, choices=PAYMENT_SOURCES)
    amounts = DecimalRangeField(_("缴费"), null=True, blank=True)
    except_amounts = ArrayField(
        models.DecimalField(max_digits=10, decimal_places=2), null=True, blank=True
    )
    tiers = IntegerRangeField(_("档次"), null=True, blank=True)
    born = DateRangeField(_("出生日期"), null=True, blank=True)
    ages = IntegerRangeField(_("缴费当日年龄"), null=True, blank=True)
    sex = models.CharField(_("性别"), max_length=1, blank=True)
    # Words such as low_income, disabled2, disabled2@day (held on the day of payment).
    identities = ArrayField(models.CharField(max_length=40), null=True, blank=True)
    also_identities = ArrayField(models.CharField(max_length=40), null=True, blank=True)
    not_identities = ArrayField(models.CharField(max_length=40), null=True, blank=True)
    areas = ArrayField(models.CharField(max_length=14), null=True, blank=True)
    not_areas = ArrayField(models.CharField(max_length=14), null=True, blank=True)
    hukou = models.CharField(_("户籍"), max_length=5, blank=True)
    is_first = models.BooleanField(_("首次参保"), null=True, blank=True)
    years_paid = IntegerRangeField(_("缴费年数"), null=True, blank=True)
    years_running = IntegerRangeField(_("连续缴费年数"), null=True, blank=True)
    years_back = IntegerRangeField(_("补缴年数"), null=True, blank=True)
    years_subsidised = IntegerRangeField(_("已补年数"), null=True, blank=True)
    years_resident = IntegerRangeField(_("居住年数"), null=True, blank=True)
    average = DecimalRangeField(_("平均缴费"), null=True, blank=True)
    paid = DateRangeField(_("缴费日"), null=True, blank=True)
    words = models.CharField(_("条件"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("适用条件")
        ordering = ["id"]

    def __str__(self):
        return self.words


class RuleQuerySet(models.QuerySet):
    """Rules by what they answer."""

    def on(self, subject):
        """The rules of one subject, in the order of the file."""
        return self.filter(subject=subject).select_related("condition")


class Rule(PolicyItem):
    """One row of the decision table (政策规则): a condition, what is worked out, and its place.

    Of rules with the same subject and part that fit, the one with the smallest `priority` answers
    and those that add are added to it.
    """

    subject = models.CharField(
        _("事项"), max_length=10, choices=SUBJECT_CHOICES, default="subsidy", db_default="subsidy"
    )
    # A payer of a share, an item of the benefit, the name of a term; empty where there is one.
    part = models.CharField(_("项目"), max_length=20, blank=True, default="", db_default="")
    # What a share is of: subsidy, proxy, or the name of a benefit.
    item = models.CharField(max_length=20, blank=True, default="", db_default="")
    condition = models.ForeignKey(
        Condition, models.CASCADE, null=True, blank=True, related_name="+"
    )
    priority = models.SmallIntegerField(_("次序"), default=100)
    stacking = models.CharField(
        _("方式"), max_length=12, choices=STACKING_CHOICES, default="instead"
    )
    words = models.CharField(_("内容"), max_length=400, blank=True, default="", db_default="")

    # The value: see the SQL function policies_rule_value.
    decided = models.BooleanField(_("已定"), default=True)
    base_amount = exact(_("金额"))
    # A third is kept to so many places that no sum of yuan shows it is cut.
    rate = models.DecimalField(_("比例"), max_digits=22, decimal_places=18, null=True, blank=True)
    of = models.CharField(_("比例基数"), max_length=16, blank=True, default="")
    of_amount = exact(_("基数金额"))
    divisor = models.DecimalField(_("除以"), max_digits=8, decimal_places=2, null=True, blank=True)
    step_by = models.CharField(_("递增依据"), max_length=16, blank=True, default="", db_default="")
    step_from = exact(_("起算"))
    step_size = exact(_("每"))
    step_amount = exact(_("增加"))
    # What each step adds to the rate: 每多缴一年增发基础养老金的 1%.
    step_rate = models.DecimalField(
        _("增加比例"), max_digits=22, decimal_places=18, null=True, blank=True
    )
    step_most = models.SmallIntegerField(_("最多"), null=True, blank=True)
    floor_amount = yuan(_("保底"))
    cap_amount = yuan(_("封顶"))
    months = models.SmallIntegerField(_("按月"), null=True, blank=True)
    rounding = models.CharField(_("取整"), max_length=8, default="half_up", db_default="half_up")
    rounding_unit = models.DecimalField(
        _("取整到"), max_digits=6, decimal_places=2, default="0.01", db_default="0.01"
    )

    # Proxy payments: what is left to the person, and the tier that both make together.
    own_rule = models.CharField(max_length=14, blank=True, default="", db_default="")
    own_amount = yuan(_("个人缴费"))
    standard_amount = yuan(_("代缴标准"))
    is_after_own = models.BooleanField(_("先缴后补"), default=False, db_default=False)
    wife_age_from = models.SmallIntegerField(_("女方年满"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True, default="", db_default="")

    # Benefits: paid once and not each month.
    is_once = models.BooleanField(_("一次性"), default=False, db_default=False)

    # Shares: the part of the sum between two bounds, or the rest.
    segment_from = yuan(_("部分超过"))
    segment_to = yuan(_("部分不超过"))
    is_rest = models.BooleanField(_("其余"), default=False, db_default=False)

    objects = RuleQuerySet.as_manager()

    class Meta(PolicyItem.Meta):
        verbose_name = _("政策规则")
        indexes = [models.Index(fields=["policy", "subject"], name="policies_rule_subject")]
        constraints = [
            # Undecided is said, never implied by a zero (X08).
            models.CheckConstraint(
                condition=Q(decided=True) | Q(base_amount__isnull=True, rate__isnull=True),
                name="policies_rule_decided",
            ),
        ]

    def __str__(self):
        return self.words

    @property
    def fixed_amount(self):
        """The yuan where the rule is a plain sum that can be printed, or None."""
        if not self.decided:
            return None
        if self.of == "constant" and self.rate is not None:
            return round((self.base_amount or 0) + self.rate * self.of_amount, 2)
        return None if self.of or self.step_by else self.base_amount

    @property
    def identity_codes(self):
        """The codes of the identities asked for, without grades; empty for everyone."""
        tokens = self.condition.identities if self.condition_id else None
        return list(dict.fromkeys(t.split("@")[0].rstrip("1234") for t in tokens or ()))

    @property
    def identity_words(self):
        """The identities asked for in words, for a page."""
        return [IDENTITY_NAMES.get(code, code) for code in self.identity_codes]

    @property
    def grade_max(self):
        """The mildest grade that still counts, or None where grades do not matter."""
        tokens = self.condition.identities if self.condition_id else None
        grades = [token.split("@")[0][-1] for token in tokens or ()]
        return max((int(grade) for grade in grades if grade.isdigit()), default=None)

    @property
    def fixed_own_amount(self):
        """The yuan left to the person where that is a plain sum, or None."""
        if not self.decided or self.own_rule == "rest_of_chosen" or self.fixed_amount is None:
            return None
        if self.own_rule == "rest":
            return self.standard_amount - self.fixed_amount
        return self.own_amount or 0

    @property
    def item_name(self):
        """What a share is of, in words."""
        return dict(SHARE_SUBJECT_CHOICES).get(self.item, self.item)

    @property
    def payer_name(self):
        """Who bears a share, in words."""
        return dict(PAYER_CHOICES).get(self.part, self.part)


class Target(PolicyItem):
    """What a county is to reach by a day (任务): of its quota, or of its payers in some tiers."""

    kind = models.CharField(max_length=10)
    label = models.CharField(_("名称"), max_length=40, blank=True)
    due_on = models.DateField(_("截至"))
    rate = models.DecimalField(_("比例"), max_digits=9, decimal_places=6)
    is_inclusive = models.BooleanField(_("含本数"), default=True)
    amounts = DecimalRangeField(_("缴费"), null=True, blank=True)

    class Meta(PolicyItem.Meta):
        verbose_name = _("任务")

    def __str__(self):
        return f"{self.due_on} {self.rate}"


class LocalIdentity(PolicyItem):
    """An identity that only this county's documents know (本地身份)."""

    word = models.CharField(_("身份"), max_length=20)
    is_graded = models.BooleanField(_("分等级"), default=False)

    class Meta(PolicyItem.Meta):
        verbose_name = _("本地身份")

    def __str__(self):
        return self.word
