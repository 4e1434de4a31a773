"""What was known of progress on an evening, and how a county reads its own score."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScoreSettings(models.Model):
    """What a county has decided about its yearly score (评分设置)."""

    county_code = models.CharField(_("县区代码"), max_length=6, primary_key=True)
    whole_points_only = models.BooleanField(
        _("不足 1 个百分点的部分不扣分"),
        default=False,
        help_text=_(
            "方案写「每低 1 个百分点扣 1 分」，没有写明不足 1 个百分点怎么扣；默认按比例扣"
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("评分设置")

    def __str__(self):
        return self.county_code


class ProgressSnapshotQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Snapshots of the staff member's area and all below it; none without an area."""
        if not staff.area_code:
            return self.none()
        return self.filter(county_code=staff.area_code[:6], area_code__startswith=staff.area_code)


class ProgressSnapshot(models.Model):
    """What the portal knew of one area on the evening of one day (进度快照), whatever arrived
    later.

    The counters keep moving: a payment of 5 March may arrive on the 9th and then counts on the 5th.
    A snapshot does not move once its day is over, so that what was said on a day can be said again.
    """

    pk = models.CompositePrimaryKey("county_code", "year", "scheme_id", "area_code", "day")
    county_code = models.CharField(_("县区代码"), max_length=6)
    year = models.SmallIntegerField(_("年度"))
    scheme_id = models.SmallIntegerField(_("险种"))
    area_code = models.CharField(_("区划"), max_length=12)
    day = models.DateField(_("日期"))
    task = models.IntegerField(_("任务数（人）"), null=True)
    people = models.IntegerField(_("已缴人数"))
    proxy_people = models.IntegerField(_("其中代缴"))
    amount = models.DecimalField(_("缴费金额（元）"), max_digits=16, decimal_places=2)
    open_exceptions = models.IntegerField(_("未处理异常"))
    noted_at = models.DateTimeField(_("记录时间"))

    objects = ProgressSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("进度快照")

    def __str__(self):
        return f"{self.area_code} {self.day}"
