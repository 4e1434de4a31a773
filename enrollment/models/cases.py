"""What happens to somebody's enrolment (业务事项), one case each: what was and what will be, its
papers, and who made, reviewed and approved it.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enrollment.case_kinds import KINDS, PAPERS, CaseKind, ReportClass
from enrollment.models.people import PeopleQuerySet, Resident
from pension_portal.clock import today
from pension_portal.models import StoredFile
from pension_portal.secrecy import SealedTextField
from staff.models import Approvable, ApprovableQuerySet
from staff.permissions import may


def _yuan(label):
    return models.DecimalField(label, max_digits=12, decimal_places=2, default=Decimal(0))


def _staff(label, **options):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=label, related_name="+", **options
    )


class MonthlyReportQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """The reports of the towns in the staff member's area, for duties that see cases."""
        if not staff.area_code or not may(staff, "view_case"):
            return self.none()
        return self.filter(town_code__startswith=staff.area_code)


class MonthlyReport(models.Model):
    """What a town sends up for one month (月报): its cases, or that there were none (零报告)."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    town_code = models.CharField(_("乡镇"), max_length=9)
    month = models.DateField(_("月份"))
    due_on = models.DateField(_("截止日期"))
    sent_on = models.DateField(_("上报日期"))
    sent_by = _staff(_("上报人"))
    sent_at = models.DateTimeField(_("上报时间"), auto_now_add=True)
    # How many cases of each class went up; frozen, as cases inside may be returned later.
    counts = models.JSONField(_("分类件数"), default=dict)

    objects = MonthlyReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("月报")
        ordering = ["-month", "town_code"]
        constraints = [
            models.UniqueConstraint(fields=["town_code", "month"], name="one_report_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="report_month_is_its_first"),
        ]

    def __str__(self):
        return f"{self.town_code} {self.month:%Y-%m}"

    @property
    def is_late(self):
        return self.sent_on > self.due_on

    @property
    def total(self):
        return sum(self.counts.values())


class CaseQuerySet(ApprovableQuerySet, PeopleQuerySet):
    def visible_to(self, staff):
        """Cases of people in the staff member's area, for duties that see cases.

        A move between villages is seen from both.
        """
        if not staff.area_code or not may(staff, "view_case"):
            return self.none()
        return self.filter(
            Q(village_code__startswith=staff.area_code)
            | Q(to_village_code__startswith=staff.area_code),
            county_code=staff.area_code[:6],
        )

    def waiting_for(self, staff):
        """Cases whose next step this person may take."""
        found = self.visible_to(staff)
        steps = Q(pk__in=[])
        if may(staff, "review_case"):
            steps |= Q(state=Case.State.SUBMITTED) & ~Q(made_by=staff)
        if may(staff, "approve_case"):
            mine = Q(made_by=staff) | Q(reviewed_by=staff)
            steps |= Q(state=Case.State.REVIEWED) & ~mine
        if may(staff, "make_case"):
            steps |= Q(state=Case.State.RETURNED, made_by=staff)
        return found.filter(steps)

    def in_town(self, town_code):
        return self.filter(county_code=town_code[:6], village_code__startswith=town_code)


class Case(Approvable):
    """One thing that happens to somebody's enrolment (业务事项), from its draft to its effect."""

    Kind = CaseKind

    county_code = models.CharField(_("县区代码"), max_length=6)
    # Where the person was registered when the case was made; a newcomer, where they will be.
    village_code = models.CharField(_("村（社区）"), max_length=12)
    to_village_code = models.CharField(_("迁入村（社区）"), max_length=12, blank=True)
    kind = models.CharField(_("事项"), max_length=12, choices=CaseKind)
    # Somebody new to the county is registered when their case is approved.
    resident = models.ForeignKey(
        Resident,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("居民"),
        related_name="cases",
    )
    name = models.CharField(_("姓名"), max_length=60)
    id_last4 = models.CharField(max_length=4)
    # Days of the county's calendar; the moments beside them are the machine's.
    made_on = models.DateField(_("登记日期"), default=today)
    reviewed_on = models.DateField(_("复核日期"), null=True, blank=True)
    reason_code = models.CharField(_("原因代码"), max_length=12, blank=True)
    happened_on = models.DateField(_("发生日期"), null=True, blank=True)
    # 停发时间: the first month for which nothing is paid any more.
    stopped_on = models.DateField(_("停发时间"), null=True, blank=True)
    other_place = models.CharField(_("外县地区"), max_length=60, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    helper_name = models.CharField(_("代办人"), max_length=60, blank=True)
    helper_relation = models.CharField(_("与本人关系"), max_length=20, blank=True)
    helper_phone = SealedTextField(_("代办人电话"), null=True, blank=True)
    # Why somebody may join although a rule stands against it that a paper can prove wrong.
    waived_reason = models.CharField(_("核实情况"), max_length=200, blank=True)
    # The settlement of a termination: ① + ② − ③ − ④.
    balance_amount = _yuan(_("个人账户余额"))
    funeral_amount = _yuan(_("抚恤金、丧葬费"))
    overpaid_amount = _yuan(_("死亡超期领取"))
    double_amount = _yuan(_("重复领取"))
    payee_name = models.CharField(_("收款人"), max_length=60, blank=True)
    payee_relation = models.CharField(_("收款人与本人关系"), max_length=20, blank=True)
    payee_bank = models.CharField(_("开户银行"), max_length=60, blank=True)
    payee_account = SealedTextField(_("收款账号"), null=True, blank=True)
    report = models.ForeignKey(
        MonthlyReport,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("月报"),
        related_name="cases",
    )

    objects = CaseQuerySet.as_manager()

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("业务事项")
        ordering = ["-id"]
        constraints = [
            *Approvable.Meta.constraints,
            models.UniqueConstraint(
                fields=["resident", "kind"],
                condition=~Q(state__in=["approved", "withdrawn"]),
                name="one_open_case_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(balance_amount__gte=0)
                & Q(funeral_amount__gte=0)
                & Q(overpaid_amount__gte=0)
                & Q(double_amount__gte=0),
                name="settlement_lines_are_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["county_code", "village_code", "state", "id"], name="case_place"),
            models.Index(fields=["made_by", "state"], name="case_of_maker"),
        ]

    def __str__(self):
        return f"{self.number} {self.get_kind_display()} {self.name}"

    @property
    def number(self):
        """The number on the form: year and month of its making, and its own."""
        return f"{self.made_on:%Y%m}-{self.pk:06d}"

    @property
    def spec(self):
        return KINDS[self.kind]

    @property
    def is_sensitive(self):
        """Whether money or identity changes hands: looked at one by one, within seven days."""
        return self.spec.is_sensitive or any(item.is_sensitive for item in self.all_items)

    @property
    def lasts(self):
        """A town's ordinary cases wait for the month's report."""
        return self.spec.lasts(self.is_sensitive)

    @property
    def make_action(self):
        action = self.spec.make_action
        return "make_sensitive_case" if action == "make_case" and self.is_sensitive else action

    @property
    def review_action(self):
        return self.spec.review_action

    @property
    def approve_action(self):
        return self.spec.approve_action

    @property
    def return_reasons(self):
        return self.spec.return_reasons

    @property
    def reason_words(self):
        """The reason with its code, as the provincial system writes it; empty for none."""
        return self.spec.reason_words(self.reason_code)

    @property
    def settlement_amount(self):
        """What is paid out, or where negative still to be got back, in yuan."""
        return self.balance_amount + self.funeral_amount - self.overpaid_amount - self.double_amount

    @property
    def report_class(self):
        return ReportClass(self.spec.report_class)

    @cached_property
    def all_items(self):
        return list(self.items.order_by("pk")) if self.pk else []

    @property
    def standing_papers(self):
        return self.papers.filter(removed_at=None).select_related("file", "added_by")

    def content(self):
        """Everything that is agreed to: the person, each item, the settlement, the papers."""
        fields = (
            "kind resident_id village_code to_village_code name reason_code happened_on stopped_on"
            " other_place note helper_name helper_relation helper_phone waived_reason"
            " balance_amount funeral_amount overpaid_amount double_amount"
            " payee_name payee_relation payee_bank payee_account"
        )
        return {
            **{name: _plain(getattr(self, name)) for name in fields.split()},
            "items": [
                [item.item, item.before or "", item.after or ""]
                for item in self.items.order_by("pk")
            ],
            "papers": [
                [paper.kind, paper.file_id, paper.source]
                for paper in self.papers.filter(removed_at=None).order_by("pk")
            ],
        }


def _plain(value):
    """Return a sum always with its two places, so that what was typed and what is read are one."""
    return f"{value:.2f}" if isinstance(value, Decimal) else value


class CaseItem(models.Model):
    """One thing of the record that a case changes (变更项), before and after; sealed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="items")
    item = models.CharField(_("项目"), max_length=30)
    before = SealedTextField(_("变更前"), null=True, blank=True)
    after = SealedTextField(_("变更后"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("变更项")
        constraints = [
            models.UniqueConstraint(fields=["case", "item"], name="one_line_for_an_item"),
        ]

    def __str__(self):
        return self.item

    @property
    def is_sensitive(self):
        """Whether it says who somebody is or where their money goes."""
        return self.item in ("id_number", "bank_account")


class CasePaper(models.Model):
    """A paper that proves a case (材料): a sealed copy, or where it was checked without one."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="papers")
    kind = models.CharField(_("材料"), max_length=12, choices=list(PAPERS.items()))
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, verbose_name=_("文件"), related_name="+"
    )
    source = models.CharField(_("核验来源"), max_length=60, blank=True)
    added_by = _staff(_("上传人"))
    added_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    removed_at = models.DateTimeField(_("撤换时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("材料")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False) | ~Q(source=""),
                name="paper_is_a_copy_or_names_its_check",
            ),
        ]

    def __str__(self):
        return self.get_kind_display()
