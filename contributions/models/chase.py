"""Chasing the unpaid (催缴): who answers for whom, what was said and when, what was promised.

A contact is only ever added, or taken back; `Chase` is what the contacts of one person in one
campaign add up to, so that a list is filtered by an index and not by reading the log.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models import PeopleQuerySet, Resident
from pension_portal.models import StoredFile
from policies.schemes import SHORT_NAMES
from townships.models import Area


class Outcome(models.TextChoices):
    """What came of a contact (联系结果)."""

    PROMISED = "promised", _("已承诺")
    AWAY = "away", _("外出")
    SAYS_PAID = "says_paid", _("称已缴")
    REFUSES = "refuses", _("不愿缴")
    NO_ANSWER = "no_answer", _("未接通")
    WRONG_NUMBER = "wrong_number", _("空号")
    DEAD = "dead", _("已故")
    MOVED = "moved", _("迁出")


# How a page shows each: a tone and an icon beside the word, never the colour alone.
TONES = {
    Outcome.PROMISED: ("good", "calendar"),
    Outcome.AWAY: ("neutral", "map-pin"),
    Outcome.SAYS_PAID: ("busy", "receipt"),
    Outcome.REFUSES: ("bad", "ban"),
    Outcome.NO_ANSWER: ("neutral", "phone-call"),
    Outcome.WRONG_NUMBER: ("warn", "alert-triangle"),
    Outcome.DEAD: ("warn", "alert-circle"),
    Outcome.MOVED: ("warn", "arrows-exchange"),
}
# What somebody said of the registry; it changes nothing there, a clerk looks into it.
HEARSAY = (Outcome.DEAD, Outcome.MOVED)


class CollectorQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Those who answer for a part of the staff member's area, and those above a village."""
        if not staff.area_code or not staff.may("view_person"):
            return self.none()
        inside = Q(areas__area__code__startswith=staff.area_code)
        unplaced = Q(area__code__startswith=staff.area_code)
        return self.filter(inside | unplaced).distinct()


class Collector(models.Model):
    """Somebody who answers for collection in some villages or groups (责任人、代收人员, M44)."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("所在地区"), related_name="+")
    name = models.CharField(_("姓名"), max_length=60)
    unit = models.CharField(_("代收单位"), max_length=60, blank=True)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("账号"),
        related_name="+",
    )
    is_active = models.BooleanField(_("在岗"), default=True)

    objects = CollectorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("责任人")
        ordering = ["area_id", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "area", "name", "phone"], name="one_collector_once"
            ),
        ]

    def __str__(self):
        return self.name


class CollectorArea(models.Model):
    """A village or group that one person answers for (责任区); each has one."""

    collector = models.ForeignKey(Collector, models.CASCADE, related_name="areas")
    area = models.OneToOneField(
        Area, models.CASCADE, verbose_name=_("责任区"), related_name="+", primary_key=True
    )

    class Meta:
        verbose_name = verbose_name_plural = _("责任区")


class Chase(models.Model):
    """How far one person's reminding has come in one scheme and year (催缴)."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("年度"))
    resident = models.ForeignKey(
        Resident, models.PROTECT, verbose_name=_("居民"), related_name="+", db_index=False
    )
    outcome = models.CharField(_("最近结果"), max_length=12, choices=Outcome, blank=True)
    promised_on = models.DateField(_("承诺日期"), null=True)
    contacted_at = models.DateTimeField(_("最近联系"), null=True)
    contacts = models.SmallIntegerField(_("联系次数"), default=0)
    needs_visit = models.BooleanField(_("上门代办"), default=False)
    collector = models.ForeignKey(
        Collector, models.PROTECT, null=True, verbose_name=_("分派给"), related_name="+"
    )
    assigned_at = models.DateTimeField(_("分派时间"), null=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("分派人"),
        related_name="+",
    )

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("催缴")
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "scheme_id", "year"], name="one_chase_of_a_person_a_year"
            ),
        ]
        indexes = [
            models.Index(
                fields=["county_code", "scheme_id", "year", "village_code", "outcome"],
                name="chase_by_village",
            ),
            models.Index(
                fields=["county_code", "promised_on"],
                name="chase_promised",
                condition=Q(promised_on__isnull=False),
            ),
        ]

    @property
    def scheme_name(self):
        return SHORT_NAMES[self.scheme_id]

    @property
    def tone(self):
        return TONES[self.outcome][0] if self.outcome else "neutral"

    @property
    def icon(self):
        return TONES[self.outcome][1] if self.outcome else "circle-dashed"


class ContactQuerySet(PeopleQuerySet):
    def standing(self):
        """Contacts that were not taken back."""
        return self.filter(taken_back_at=None)


class Contact(models.Model):
    """One call or visit to one person, and what came of it (联系记录)."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("年度"))
    resident = models.ForeignKey(Resident, models.PROTECT, verbose_name=_("居民"), related_name="+")
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome)
    promised_on = models.DateField(_("承诺日期"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    # When it happened, by the clock of the phone; it may have had no network for a day.
    contacted_at = models.DateTimeField(_("联系时间"))
    noted_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("联系人"), related_name="+"
    )
    # Made by the browser before it sends anything: what is sent twice is one contact.
    client_key = models.UUIDField(unique=True)
    taken_back_at = models.DateTimeField(_("撤销时间"), null=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("联系记录")
        ordering = ["-contacted_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(promised_on=None) | Q(outcome=Outcome.PROMISED),
                name="only_a_promise_has_a_day",
            ),
        ]

    @property
    def scheme_name(self):
        return SHORT_NAMES[self.scheme_id]


class LeadQuerySet(PeopleQuerySet):
    def waiting(self):
        return self.filter(state=Lead.State.WAITING)


class Lead(models.Model):
    """What somebody said of a person's death or move, for a clerk to look into (待核线索)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("未处理")
        CONFIRMED = "confirmed", _("属实")
        DISMISSED = "dismissed", _("不属实")
        WITHDRAWN = "withdrawn", _("已撤销")

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    resident = models.ForeignKey(Resident, models.PROTECT, verbose_name=_("居民"), related_name="+")
    kind = models.CharField(_("线索"), max_length=12, choices=Outcome)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("核实人"),
        related_name="+",
    )
    decided_at = models.DateTimeField(_("核实时间"), null=True)
    reason = models.CharField(_("核实情况"), max_length=200, blank=True)

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("待核线索")
        ordering = ["village_code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "kind"],
                condition=Q(state="waiting"),
                name="one_lead_of_a_kind_waits",
            ),
        ]
        indexes = [
            models.Index(
                fields=["county_code", "village_code"],
                name="lead_waiting",
                condition=Q(state="waiting"),
            ),
        ]


class SavedFilterQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """One's own filters, and those that colleagues of the county share."""
        if not staff.county_code:
            return self.none()
        mine = Q(owner=staff)
        return self.filter(mine | Q(is_shared=True), county_code=staff.county_code)


class SavedFilter(models.Model):
    """A filter of the unpaid list under a name (收藏的筛选): what was asked, of whatever area."""

    county_code = models.CharField(max_length=6)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("收藏人"), related_name="+"
    )
    name = models.CharField(_("名称"), max_length=30)
    query = models.CharField(max_length=400)
    is_shared = models.BooleanField(_("本县共用"), default=False)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("收藏的筛选")
        ordering = ["is_shared", "name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_filter_of_a_name"),
        ]

    def __str__(self):
        return self.name


class CountyPapers(models.Model):
    """What a county words and styles itself: the text of a message, a village's list."""

    county_code = models.CharField(max_length=6, primary_key=True)
    message = models.CharField(_("短信文本"), max_length=300, blank=True)
    template = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, verbose_name=_("名单模板"), related_name="+"
    )
    # Row of the header, styled row below it, and what each column holds, by column letter.
    header_row = models.SmallIntegerField(_("表头行"), null=True)
    columns = models.JSONField(_("列对应"), default=dict)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("修改人"), related_name="+"
    )
    changed_at = models.DateTimeField(_("修改时间"), auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("县里的文本和模板")

    @classmethod
    def of(cls, county_code):
        """Return the county's papers, or empty ones that stand for what comes with the portal."""
        return cls.objects.filter(pk=county_code).first() or cls(county_code=county_code)
