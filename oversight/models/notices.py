"""Public notices: what hung on which village's wall, from when to when, and what people said to it.

notice      缴费信息公示表 of 2021 第一季度 for 颍州区     frozen 2021-03-20
sheet       李家村: 612 people                            posted 03-22, taken down 03-30
line        17  张桂兰  ****0011                          what the wall says of one person
objection   「我交的是 500」                                answered, and how it ended
"""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pension_portal.models import Job, StoredFile
from staff.permissions import may

SHORTEST_DAYS = 7  # 公示期不少于 7 天 (Y51)


def _person(label, *, null=True):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=null,
        verbose_name=label,
        related_name="+",
    )


def _photo(label):
    return models.ForeignKey(
        StoredFile, models.PROTECT, null=True, verbose_name=label, related_name="+"
    )


class NoticeSettings(models.Model):
    """How long and how often a county publishes (公示设置)."""

    class Rhythm(models.TextChoices):
        QUARTER = "quarter", _("每季度")
        MONTH = "month", _("每月")

    county_code = models.CharField(_("县区代码"), max_length=6, primary_key=True)
    rhythm = models.CharField(_("公示周期"), max_length=7, choices=Rhythm, default=Rhythm.QUARTER)
    days = models.PositiveSmallIntegerField(_("公示天数"), default=SHORTEST_DAYS)

    class Meta:
        verbose_name = verbose_name_plural = _("公示设置")
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=SHORTEST_DAYS), name="notice_hangs_seven_days"
            ),
        ]

    def __str__(self):
        return self.county_code

    @classmethod
    def of(cls, county_code):
        """Return the county's settings, or the defaults: each quarter, seven days (X14)."""
        return cls.objects.filter(pk=county_code).first() or cls(county_code=county_code)


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Notices that hold the staff member's area or lie inside it."""
        if not staff.area_code or not may(staff, "view_notice"):
            return self.none()
        own = staff.area_code
        holding = [own[:length] for length in (6, 9) if length < len(own)]
        return self.filter(Q(area_code__startswith=own) | Q(area_code__in=holding))


class Notice(models.Model):
    """One publication for a town or a whole county (公示): what its sheets say is frozen."""

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("缴费信息公示表")
        DRAWING = "drawing", _("待遇领取人员信息表")
        NEW_DRAWING = "new_drawing", _("新增到龄待遇领取人员公示表")

    county_code = models.CharField(_("县区代码"), max_length=6)
    area_code = models.CharField(_("公示范围"), max_length=9)
    kind = models.CharField(_("公示表"), max_length=11, choices=Kind)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("年度"))
    period_start = models.DateField(_("公示期间起"))
    period_end = models.DateField(_("公示期间止"))
    data_until = models.DateField(_("数据截至"), null=True)
    starts_on = models.DateField(_("计划张贴日期"))
    days = models.PositiveSmallIntegerField(_("公示天数"))
    made_by = _person(_("经办人"), null=False)
    made_at = models.DateTimeField(_("生成时间"), auto_now_add=True)
    frozen_at = models.DateTimeField(_("固定时间"), null=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("公示")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "kind", "scheme_id", "period_start", "period_end"],
                name="one_notice_of_a_period",
            ),
            models.CheckConstraint(
                condition=Q(days__gte=SHORTEST_DAYS), name="notice_is_public_seven_days"
            ),
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")), name="notice_period_has_days"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.period_words}"

    @property
    def ends_on(self):
        """The first day on which the sheets may come down."""
        return self.starts_on + timedelta(days=self.days)

    @property
    def period_words(self):
        """2021 年第一季度, or 2021 年 3 月 where the period is one month."""
        start = self.period_start
        if start.month == self.period_end.month:
            return _("%(year)d 年 %(month)d 月") % {"year": start.year, "month": start.month}
        quarter = [_("第一季度"), _("第二季度"), _("第三季度"), _("第四季度")]
        return _("%(year)d 年%(quarter)s") % {
            "year": start.year,
            "quarter": quarter[(start.month - 1) // 3],
        }


class PostedQuerySet(models.QuerySet):
    """Rows of one village's wall."""

    def visible_to(self, staff):
        """Only those of villages inside the staff member's area, for duties that see notices."""
        if not staff.area_code or not may(staff, "view_notice"):
            return self.none()
        return self.filter(
            county_code=staff.area_code[:6], village_code__startswith=staff.area_code
        )


class NoticeSheet(models.Model):
    """What one village hangs out (公示单): when, the photos of it, and who took it down."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="sheets")
    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    village_name = models.CharField(max_length=60)
    town_name = models.CharField(max_length=60)
    hotline = models.CharField(_("监督电话"), max_length=60)
    people = models.IntegerField(_("人数"))
    amount = models.DecimalField(_("金额"), max_digits=14, decimal_places=2, null=True)
    posted_on = models.DateField(_("张贴日期"), null=True)
    posted_by = _person(_("张贴登记人"))
    posted_photo = _photo(_("张贴照片"))
    taken_down_on = models.DateField(_("撤下日期"), null=True)
    taken_down_by = _person(_("撤下登记人"))
    taken_down_photo = _photo(_("撤下照片"))

    objects = PostedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("公示单")
        ordering = ["village_code"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "village_code"], name="one_sheet_a_village"),
            models.CheckConstraint(
                condition=Q(taken_down_on=None)
                | Q(taken_down_on__gte=F("posted_on") + timedelta(days=SHORTEST_DAYS)),
                name="sheet_hung_seven_days",
            ),
        ]

    @property
    def may_come_down_on(self):
        """The first day on which it may be taken down; None before it was posted."""
        return self.posted_on and self.posted_on + timedelta(days=self.notice.days)


class NoticeLine(models.Model):
    """What a sheet says of one person (公示行): enough to tell namesakes apart and no more.

    The resident is kept so that an objection finds its person; it is never printed.
    """

    pk = models.CompositePrimaryKey("sheet_id", "number")
    sheet = models.ForeignKey(
        NoticeSheet, models.PROTECT, related_name="lines", db_index=False, db_constraint=False
    )
    number = models.IntegerField(_("序号"))
    resident_id = models.BigIntegerField()
    name = models.CharField(_("姓名"), max_length=60)
    sex = models.CharField(max_length=1)
    known_by = models.CharField(_("辨识"), max_length=12)
    told_apart_by = models.CharField(_("同名区分"), max_length=60)
    amount = models.DecimalField(_("缴费金额（元）"), max_digits=12, decimal_places=2, null=True)
    paid_on = models.DateField(_("缴款日期"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("公示行")
        ordering = ["number"]
        indexes = [models.Index(fields=["resident_id"], name="notice_line_of_resident")]


class NoticeBundle(models.Model):
    """All sheets of one town as a zip, PDF and Excel of each village (公示打包)."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="bundles")
    county_code = models.CharField(max_length=6)
    town_code = models.CharField(max_length=9)
    town_name = models.CharField(max_length=60)
    sheets = models.IntegerField(_("村数"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("公示打包")
        constraints = [
            models.UniqueConstraint(fields=["notice", "town_code"], name="one_bundle_a_town"),
        ]


class NoticeObjection(models.Model):
    """What somebody said to a line or a sheet, and how it ended (异议)."""

    class Result(models.TextChoices):
        OPEN = "", _("待答复")
        CORRECTED = "corrected", _("属实，已更正")
        CORRECTING = "correcting", _("属实，已转办")
        UNFOUNDED = "unfounded", _("不属实")
        EXPLAINED = "explained", _("已解释")

    sheet = models.ForeignKey(NoticeSheet, models.PROTECT, related_name="objections")
    county_code = models.CharField(max_length=6)
    village_code = models.CharField(max_length=12)
    # None: about the sheet as a whole, such as somebody who paid and is not on it.
    line_number = models.IntegerField(_("序号"), null=True)
    raised_by = models.CharField(_("反映人"), max_length=60, blank=True)
    raised_on = models.DateField(_("反映日期"))
    words = models.CharField(_("反映内容"), max_length=400)
    recorded_by = _person(_("记录人"), null=False)
    recorded_at = models.DateTimeField(_("记录时间"), auto_now_add=True)
    result = models.CharField(
        _("处理结果"), max_length=10, choices=Result, blank=True, default=Result.OPEN
    )
    answer = models.CharField(_("答复"), max_length=400, blank=True)
    answered_by = _person(_("答复人"))
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    objects = PostedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("异议")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(result="") | (~Q(answer="") & Q(answered_by__isnull=False)),
                name="objection_ends_with_an_answer",
            ),
        ]
