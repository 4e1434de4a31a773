"""Who may join, when one may pay, and the further provisions of a policy version."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from policies.models.versions import PolicyVersion, Scheme, Source
from policies.words import (
    ELIGIBILITY_CHOICES,
    PROVISION_CHOICES,
    PROVISION_VALUES,
    WINDOW_CHOICES,
)


class PolicyItem(models.Model):
    """A row of a policy version; it always says which article it rests on."""

    policy = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="%(class)ss")
    basis = models.ForeignKey(Source, models.CASCADE, related_name="+")
    # The whole citation, 文号 and article, so that a printed row needs no further lookup.
    source_article = models.CharField(_("依据"), max_length=200)

    class Meta:
        abstract = True
        ordering = ["id"]


class EligibilityRule(PolicyItem):
    """A condition for joining the scheme (参保条件)."""

    kind = models.CharField(_("条件"), max_length=30, choices=ELIGIBILITY_CHOICES)
    number = models.SmallIntegerField(_("数值"), null=True, blank=True)
    other_scheme = models.ForeignKey(
        Scheme, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("险种")
    )
    # 未满年龄 alone: whom the age is for (女 55); who has none of their own takes everybody's.
    condition = models.ForeignKey(
        "policies.Condition", models.CASCADE, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta(PolicyItem.Meta):
        verbose_name = _("参保条件")

    def __str__(self):
        return self.get_kind_display()


class Window(PolicyItem):
    """A range of days on which one may pay; it warns and never blocks (征缴期, X11)."""

    kind = models.CharField(_("种类"), max_length=12, choices=WINDOW_CHOICES)
    from_on = models.DateField(_("自"))
    to_on = models.DateField(_("至"))
    # Days of each month on which payment is possible; both inclusive (A15).
    first_day = models.SmallIntegerField(_("每月起始日"), null=True, blank=True)
    last_day = models.SmallIntegerField(_("每月截止日"), null=True, blank=True)
    # For whom: an identity, a first enrolment, a sub-area.
    condition = models.ForeignKey(
        "policies.Condition", models.CASCADE, null=True, blank=True, related_name="+"
    )
    # 到龄前缴清: it ends before the month in which somebody reaches pension age.
    is_before_sixty = models.BooleanField(_("到龄前缴清"), default=False, db_default=False)
    holidays_extend = models.BooleanField(_("节假日顺延"), default=False)

    class Meta(PolicyItem.Meta):
        verbose_name = _("征缴期")
        constraints = [
            models.CheckConstraint(
                condition=Q(from_on__lte=F("to_on")), name="policies_window_order"
            ),
            models.CheckConstraint(
                condition=Q(first_day__isnull=True, last_day__isnull=True)
                | Q(first_day__gte=1, last_day__lte=31, first_day__lte=F("last_day")),
                name="policies_window_days",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.from_on}–{self.to_on}"


class Provision(PolicyItem):
    """A further provision: one name, one value, one article (其他规定)."""

    name = models.CharField(_("规定"), max_length=30, choices=PROVISION_CHOICES)
    # Codes, numbers and ISO days as text; several codes are joined by commas.
    value = models.CharField(_("内容"), max_length=100)

    class Meta(PolicyItem.Meta):
        verbose_name = _("其他规定")
        constraints = [
            models.UniqueConstraint(fields=["policy", "name"], name="policies_provision_one_value"),
        ]

    def __str__(self):
        return f"{self.get_name_display()}: {self.value}"

    @property
    def values_shown(self):
        """The value in words, for a page."""
        return [PROVISION_VALUES.get(part, part) for part in self.value.split(",")]
