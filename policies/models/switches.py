"""Which optional schemes a county follows, and for which years (险种开办): two people decide."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from policies.models.versions import Scheme
from staff.permissions import may


class SchemeSwitchQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Switches of the staff member's county, for duties that see its settings."""
        if len(staff.area_code) != 6 or not may(staff, "view_settings"):
            return self.none()
        return self.filter(county_code=staff.area_code)

    def waiting(self):
        return self.filter(state=SchemeSwitch.State.WAITING)


class SchemeSwitch(models.Model):
    """One proposal to begin or end following a scheme for a year (开办、停办); the newest that was
    agreed to holds, and all are kept.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待审批")
        APPROVED = "approved", _("已同意")
        REJECTED = "rejected", _("已退回")

    county_code = models.CharField(_("县区代码"), max_length=6)
    scheme = models.ForeignKey(
        Scheme, models.PROTECT, verbose_name=_("险种"), related_name="+", db_constraint=False
    )
    year = models.SmallIntegerField(_("年度"))
    is_on = models.BooleanField(_("开办"))
    why = models.CharField(_("变更理由"), max_length=200)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("经办人"), related_name="+"
    )
    made_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("审批人"),
        related_name="+",
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    reason = models.CharField(_("退回原因"), max_length=200, blank=True)

    objects = SchemeSwitchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("险种开办")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "scheme", "year"],
                condition=models.Q(state="waiting"),
                name="one_switch_of_a_scheme_waits",
            ),
            models.CheckConstraint(
                condition=~models.Q(made_by=models.F("decided_by")),
                name="switches_need_two_people",
            ),
        ]

    def __str__(self):
        return f"{self.year} {self.scheme}"
