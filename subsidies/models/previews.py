"""Whom a draft policy would affect and by how much, as it was worked out once (影响预览)."""

import json
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment.models import PeopleQuerySet, Resident
from policies.models import PolicyVersion


class PreviewQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Those of the staff member's county: policy is open to everyone who works there."""
        return self.filter(county_code=staff.county_code) if staff.county_code else self.none()

    def finished(self):
        return self.filter(computed_at__isnull=False)


class Preview(models.Model):
    """What one draft answers beside the version in force, for everybody enrolled (影响预览)."""

    policy = models.ForeignKey(
        PolicyVersion, models.CASCADE, verbose_name=_("政策版本"), related_name="previews"
    )
    base = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, verbose_name=_("现行版本"), related_name="+"
    )
    county_code = models.CharField(_("县区代码"), max_length=6)
    job = models.ForeignKey(
        "pension_portal.Job", models.PROTECT, null=True, verbose_name=_("任务"), related_name="+"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("经办人"), related_name="+"
    )
    made_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    computed_at = models.DateTimeField(_("计算时间"), null=True)
    # What it rests on: the books, the registry and the day, each as one short text.
    marks = models.JSONField(default=dict)

    objects = PreviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("影响预览")
        ordering = ["-id"]


class InDecimals(json.JSONDecoder):
    """Yuan in JSON are Decimal, as everywhere."""

    def __init__(self, **options):
        super().__init__(parse_float=Decimal, **options)


class PreviewAnswer(models.Model):
    """One of the different answers of a preview (影响预览答案): what is paid, and both answers."""

    preview = models.ForeignKey(Preview, models.CASCADE, related_name="answers")
    number = models.IntegerField(_("第几种"))
    # -1 where no tier is known.
    base = models.DecimalField(_("缴费档次"), max_digits=10, decimal_places=2)
    is_paid = models.BooleanField(_("本年已缴"))
    how = models.CharField(_("变化"), max_length=5, blank=True)
    before = models.JSONField(_("现行版本"), null=True, decoder=InDecimals)
    after = models.JSONField(_("这一版"), decoder=InDecimals)

    class Meta:
        verbose_name = verbose_name_plural = _("影响预览答案")


class PreviewCount(models.Model):
    """How many people of a village have one of the answers (影响预览人数)."""

    pk = models.CompositePrimaryKey("answer_id", "village_code")
    answer = models.ForeignKey(PreviewAnswer, models.CASCADE, related_name="counts", db_index=False)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    people = models.IntegerField(_("人数"))

    class Meta:
        verbose_name = verbose_name_plural = _("影响预览人数")


class PreviewLine(models.Model):
    """One person whom the two versions answer differently (影响预览名单)."""

    pk = models.CompositePrimaryKey("preview_id", "village_code", "resident_id")
    preview = models.ForeignKey(
        Preview, models.CASCADE, related_name="lines", db_index=False, db_constraint=False
    )
    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    # No constraints in the database: a quarter of a million lines are written at once, and the
    # registry never deletes.
    resident = models.ForeignKey(
        Resident,
        models.PROTECT,
        verbose_name=_("居民"),
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    answer = models.ForeignKey(
        PreviewAnswer, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("影响预览名单")
