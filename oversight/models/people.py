"""What only a walk through all people tells, counted each night so that no page has to walk."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from townships.models import Area, PlacedQuerySet


class CountedQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Counts of the staff member's area and all below it; none without an area."""
        return self.inside(staff.area_code) if staff.area_code else self.none()

    def inside(self, area_code):
        return self.filter(county_code=area_code[:6], area_code__startswith=area_code)


class PeopleCount(models.Model):
    """How many of one kind of people a village or group has, and what they paid (人群统计)."""

    class Kind(models.TextChoices):
        AGE = "age", _("年龄段")
        GROUP = "group", _("组")
        COVER = "cover", _("参保覆盖")
        IDENTITY = "identity", _("特殊身份")

    pk = models.CompositePrimaryKey("county_code", "year", "scheme_id", "kind", "area_code", "part")
    county_code = models.CharField(_("县区代码"), max_length=6)
    year = models.SmallIntegerField(_("年度"))
    scheme_id = models.SmallIntegerField(_("险种"))
    kind = models.CharField(_("统计"), max_length=8, choices=Kind)
    area_code = models.CharField(_("区划"), max_length=14)
    part = models.CharField(_("分项"), max_length=24)
    people = models.IntegerField(_("人数"))
    enrolled = models.IntegerField(_("已参保"))
    to_pay = models.IntegerField(_("应缴"))
    unpaid = models.IntegerField(_("应缴未缴"))
    paid = models.IntegerField(_("已缴"))
    proxy_paid = models.IntegerField(_("其中代缴"))
    amount = models.DecimalField(_("个人缴费（元）"), max_digits=16, decimal_places=2)
    proxy_amount = models.DecimalField(_("政府代缴（元）"), max_digits=16, decimal_places=2)
    noted_at = models.DateTimeField(_("统计时间"))

    objects = CountedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("人群统计")


class RenewalCount(models.Model):
    """Who of one village came back in a year and who came for the first time (续保与新增)."""

    pk = models.CompositePrimaryKey("county_code", "scheme_id", "year", "area_code")
    county_code = models.CharField(_("县区代码"), max_length=6)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("年度"))
    area_code = models.CharField(_("村（社区）"), max_length=12)
    due = models.IntegerField(_("上年已缴、本年仍应缴"))
    renewed = models.IntegerField(_("续保"))
    payers = models.IntegerField(_("缴费人数"))
    first_time = models.IntegerField(_("首次缴费"))
    returned = models.IntegerField(_("断缴后恢复"))
    noted_at = models.DateTimeField(_("统计时间"))

    objects = CountedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("续保与新增")


class ForecastTrial(models.Model):
    """How well the forecast would have done in an earlier year (推算回测)."""

    pk = models.CompositePrimaryKey("county_code", "scheme_id", "year", "days_ahead")
    county_code = models.CharField(_("县区代码"), max_length=6)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("年度"))
    days_ahead = models.SmallIntegerField(_("提前的可缴费日"))
    trials = models.IntegerField(_("推算次数"))
    inside = models.IntegerField(_("落在范围内的次数"))
    mean_miss = models.DecimalField(_("平均偏差（%）"), max_digits=7, decimal_places=2)
    noted_at = models.DateTimeField(_("回测时间"))

    objects = models.Manager()

    class Meta:
        verbose_name = verbose_name_plural = _("推算回测")


class Population(models.Model):
    """How many people police and statistics count in an area (户籍人口、常住人口, M37): entered
    figures, each with its source and day, kept when a newer one comes.
    """

    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("区划"), related_name="+")
    as_of = models.DateField(_("数据日期"))
    registered = models.IntegerField(_("户籍人口"), null=True, blank=True)
    usual = models.IntegerField(_("常住人口"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=80)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("录入人"), related_name="+"
    )
    entered_at = models.DateTimeField(_("录入时间"), auto_now=True)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("人口数")
        constraints = [
            models.UniqueConstraint(
                fields=["area", "as_of"], name="one_population_of_an_area_on_a_day"
            ),
            models.CheckConstraint(
                condition=(models.Q(registered__gte=0) | models.Q(registered=None))
                & (models.Q(usual__gte=0) | models.Q(usual=None)),
                name="population_not_negative",
            ),
            models.CheckConstraint(
                condition=~models.Q(registered=None, usual=None), name="population_says_something"
            ),
        ]

    def __str__(self):
        return f"{self.area} {self.as_of}"
