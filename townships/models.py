"""Places and their tasks: the area tree as it is and was, and how many people each place is to
bring.
"""

from decimal import Decimal

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

AREA_CODE_LENGTHS = {6: 1, 9: 2, 12: 3, 14: 4}
TOWN_CODE_LENGTH = 9
VILLAGE_CODE_LENGTH = 12


class AreaQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Areas inside the staff member's own; none for somebody without an area."""
        return self.inside(staff.area_code) if staff.area_code else self.none()

    def inside(self, code):
        """The area itself and all below it: codes nest, so "inside" is a prefix."""
        return self.filter(code__startswith=code)

    def in_force_on(self, day):
        """Areas that exist on a day; both ends of the validity count."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
        )

    def found_by(self, words):
        """Areas whose name or an alias holds the words, or whose code begins with them."""
        aliases = AreaAlias.objects.filter(text__contains=words)
        return self.filter(
            Q(name__contains=words) | Q(code__startswith=words) | Q(pk__in=aliases.values("area"))
        )

    def towns(self):
        return self.filter(level=Area.Level.TOWN)

    def villages(self):
        return self.filter(level=Area.Level.VILLAGE)

    def without_collection_contact(self):
        """Areas where nobody is named to answer for collection (征缴负责人)."""
        named = AreaContact.objects.filter(role=AreaContact.Role.COLLECTION)
        return self.exclude(pk__in=named.values("area"))


class Area(models.Model):
    """A county, town, village or group (行政区划), whatever its name ends in."""

    class Level(models.IntegerChoices):
        COUNTY = 1, _("县区")
        TOWN = 2, _("乡镇街道")
        VILLAGE = 3, _("村（社区）")
        GROUP = 4, _("组")

    code = models.CharField(
        _("区划代码"),
        max_length=14,
        primary_key=True,
        validators=[
            RegexValidator(
                r"^\d{6}(\d{3}(\d{3}(\d{2})?)?)?$", _("区划代码是 6、9、12 或 14 位数字")
            )
        ],
    )
    name = models.CharField(_("名称"), max_length=60)
    level = models.SmallIntegerField(_("层级"), choices=Level)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("上级"),
        related_name="children",
    )
    position = models.IntegerField(_("官方顺序"), default=0)
    valid_from = models.DateField(_("启用日期"), null=True, blank=True)
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("并入"),
        related_name="predecessors",
    )

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("行政区划")
        ordering = ["level", "position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level=1, code__regex=r"^\d{6}$")
                | Q(level=2, code__regex=r"^\d{9}$")
                | Q(level=3, code__regex=r"^\d{12}$")
                | Q(level=4, code__regex=r"^\d{14}$"),
                name="area_level_is_its_code_length",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def county_code(self):
        return self.code[:6]


class PlacedQuerySet(models.QuerySet):
    """Rows that belong to an area."""

    def visible_to(self, staff):
        """Rows of areas inside the staff member's own; none for somebody without an area."""
        return (
            self.filter(area__code__startswith=staff.area_code) if staff.area_code else self.none()
        )


class AreaAlias(models.Model):
    """How one source writes an area (别名): to the tax bureau 税务王店镇分局 is 王店镇."""

    class Source(models.TextChoices):
        TAX = "tax", _("税务")
        ROSTER = "roster", _("参保花名册")
        BANK = "bank", _("银行")
        CIVIL = "civil", _("民政等部门")

    county_code = models.CharField(_("县区代码"), max_length=6)
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    text = models.CharField(_("来源写法"), max_length=120)
    area = models.ForeignKey(
        Area, models.CASCADE, verbose_name=_("对应区划"), related_name="aliases"
    )

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("区划别名")
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "source", "text"], name="one_area_for_an_alias"
            ),
        ]

    def __str__(self):
        return self.text


class AreaContact(models.Model):
    """A person to call in an area (联系人); every town names one who answers for collection
    (征缴负责人).
    """

    class Role(models.TextChoices):
        COLLECTION = "collection", _("征缴负责人")
        LEADER = "leader", _("分管领导")
        CADRE = "cadre", _("包村干部")
        HOTLINE = "hotline", _("监督电话")

    area = models.ForeignKey(Area, models.CASCADE, verbose_name=_("区划"), related_name="contacts")
    role = models.CharField(_("角色"), max_length=12, choices=Role)
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    phone = models.CharField(_("电话"), max_length=20)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("联系人")
        constraints = [
            models.UniqueConstraint(
                fields=["area"],
                condition=Q(role="collection"),
                name="one_collection_contact_of_an_area",
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.phone}"


class TaskPlanQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """The plans of the staff member's county: towns are measured by the county's plan too."""
        return self.filter(county_id=staff.county_code) if staff.county_code else self.none()


class TaskPlan(models.Model):
    """How many residents a county is to see pay in a scheme and year (年度任务)."""

    class Scheme(models.IntegerChoices):
        BASIC = 1, _("城乡居民基本养老保险")
        SUPPLEMENTARY = 2, _("城乡居民补充养老保险")
        MEDICAL = 3, _("城乡居民基本医疗保险")

    county = models.ForeignKey(
        Area, models.PROTECT, verbose_name=_("县区"), related_name="task_plans"
    )
    scheme_id = models.SmallIntegerField(_("险种"), choices=Scheme)
    year = models.SmallIntegerField(_("年度"))
    target = models.IntegerField(_("任务数（人）"))
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    counts_proxy = models.BooleanField(_("代缴人员计入任务"), default=True)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)

    objects = TaskPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("年度任务")
        ordering = ["-year", "scheme_id"]
        constraints = [
            models.UniqueConstraint(fields=["county", "scheme_id", "year"], name="one_plan_a_year"),
            models.CheckConstraint(condition=Q(target__gte=0), name="plan_target_not_negative"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="plan_ends_after_it_starts"
            ),
        ]

    def __str__(self):
        return f"{self.county} {self.year}"

    def get_absolute_url(self, town_code=None):
        """Return the page of the plan, or of one town's part of it."""
        if town_code:
            return reverse("townships:town_task", args=[self.pk, town_code])
        return reverse("townships:task", args=[self.pk])

    @property
    def scheme_title(self):
        return self.get_scheme_id_display()

    def milestone_on(self, day):
        """Return the milestone that a day, its due day too, works towards; None after the last."""
        return next((m for m in self.milestones.all() if day <= m.due_on), None)


class Milestone(models.Model):
    """A dated share of the task (阶段目标), cumulative: 85% by 31 March, 100% by 30 June."""

    plan = models.ForeignKey(TaskPlan, models.CASCADE, related_name="milestones")
    label = models.CharField(_("阶段"), max_length=40)
    due_on = models.DateField(_("截止日期"))
    share = models.DecimalField(_("累计比例（%）"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = _("阶段目标")
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "due_on"], name="one_milestone_a_day"),
            models.CheckConstraint(condition=Q(share__gt=0), name="milestone_share_positive"),
        ]

    def __str__(self):
        return self.label

    def people_of(self, target):
        """Return the cumulative number of people due of a target, rounded half up."""
        return int(
            (Decimal(target) * self.share / 100 + Decimal("0.5")).to_integral_value("ROUND_FLOOR")
        )


class Quota(models.Model):
    """The part of a plan's task that falls to one area (任务分解)."""

    plan = models.ForeignKey(TaskPlan, models.CASCADE, related_name="quotas")
    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("区划"), related_name="quotas")
    people = models.IntegerField(_("任务数（人）"))
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("设定人"), related_name="+"
    )
    set_at = models.DateTimeField(_("设定时间"), auto_now=True)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("任务分解")
        constraints = [
            models.UniqueConstraint(fields=["plan", "area"], name="one_quota_of_an_area"),
            models.CheckConstraint(condition=Q(people__gte=0), name="quota_not_negative"),
        ]

    def __str__(self):
        return f"{self.area} {self.people}"
