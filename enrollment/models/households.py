"""Who counts with which household, and who need not join with it (随户参保、可不随户参保)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models.people import Household, PeopleQuerySet, Resident


class JoinedHousehold(models.Model):
    """Somebody who counts with another household than the one they are registered in (随户参保).

    「已婚但户口未迁移的也可计入对方家庭人口数参保」(M10): counted there, and only there.
    """

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    resident = models.OneToOneField(
        Resident, models.PROTECT, verbose_name=_("居民"), related_name="joined"
    )
    household = models.ForeignKey(
        Household, models.PROTECT, verbose_name=_("随户"), related_name="guests"
    )
    why = models.CharField(_("原因"), max_length=60)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("经办人"), related_name="+"
    )
    made_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("随户参保")

    def __str__(self):
        return f"{self.resident} {self.household}"


class HouseholdExemption(models.Model):
    """Why somebody need not join with their household (可不随户参保, M13), with its evidence."""

    class Code(models.IntegerChoices):
        MILITARY = 1, _("应征入伍")
        DIVORCED = 2, _("已离婚，户口未迁移")
        # The notice still says 劳教, which was abolished in 2013 (X17).
        IMPRISONED = 3, _("正在服刑")

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    resident = models.ForeignKey(
        Resident, models.PROTECT, verbose_name=_("居民"), related_name="exemptions"
    )
    code = models.SmallIntegerField(_("情形"), choices=Code)
    evidence = models.CharField(_("证明材料"), max_length=120)
    evidence_on = models.DateField(_("材料日期"))
    ended_on = models.DateField(_("结束日期"), null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("经办人"), related_name="+"
    )
    made_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("可不随户参保")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "resident"],
                condition=Q(ended_on=None),
                name="one_exemption_at_a_time",
            )
        ]

    def __str__(self):
        return f"{self.resident} {self.get_code_display()}"
