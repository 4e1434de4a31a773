"""Whom the state pays for in a year, how much, and why not for some (代缴名册)."""

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models import PeopleQuerySet, Resident
from staff.models import Approvable, ApprovableQuerySet
from staff.permissions import may


class ProxyRosterQuerySet(ApprovableQuerySet):
    def visible_to(self, staff):
        """Those of the staff member's county, for duties that look after the state's money."""
        if not staff.county_code or not may(staff, "view_proxy"):
            return self.none()
        return self.filter(county_code=staff.county_code)

    def approved(self):
        return self.filter(state=Approvable.State.APPROVED)


class ProxyRoster(Approvable):
    """Everybody the state is to pay for in a year, as of one day (代缴名册)."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("缴费年度"))
    number = models.SmallIntegerField(_("第几份"))
    as_of = models.DateField(_("身份截至"))
    document_no = models.CharField(_("文号"), max_length=60, blank=True)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, verbose_name=_("上一份"), related_name="+"
    )
    job = models.ForeignKey(
        "pension_portal.Job", models.PROTECT, null=True, verbose_name=_("任务"), related_name="+"
    )
    drawn_up_at = models.DateTimeField(_("生成时间"), null=True)
    paid_on = models.DateField(_("拨付日期"), null=True)
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("拨付经办"),
        related_name="+",
    )
    posted_at = models.DateTimeField(_("入账时间"), null=True)
    posted_people = models.IntegerField(_("入账人数"), null=True)
    posted_amount = models.DecimalField(_("入账金额"), max_digits=16, decimal_places=2, null=True)

    objects = ProxyRosterQuerySet.as_manager()

    make_action, review_action = "make_proxy", "review_proxy"
    approve_action = "approve_proxy"

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("代缴名册")
        constraints = [
            *Approvable.Meta.constraints,
            models.UniqueConstraint(
                fields=["county_code", "scheme_id", "year", "number"], name="one_roster_number"
            ),
            models.UniqueConstraint(
                fields=["county_code", "scheme_id", "year"],
                condition=~Q(state__in=["approved", "withdrawn"]),
                name="one_open_proxy_roster",
            ),
            models.CheckConstraint(
                condition=Q(paid_on=None) | Q(state="approved"), name="proxies_paid_after_approval"
            ),
        ]

    def __str__(self):
        return f"{self.year}-{self.number}"

    def content(self):
        names = ("county_code", "scheme_id", "year", "number", "as_of", "document_no")
        return {name: str(getattr(self, name)) for name in names} | {"lines": self._seal_of_lines()}

    def _seal_of_lines(self):
        """One hash of all that is paid and of all that is not: another list was not agreed to."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*), md5(string_agg(concat_ws('|', resident_id, amount, held,"
                " left_out_because), ',' order by resident_id))"
                " from subsidies_proxyline where county_code = %s and roster_id = %s",
                [self.county_code, self.pk],
            )
            return list(cursor.fetchone())


class ProxyLineQuerySet(PeopleQuerySet):
    def of(self, roster):
        return self.filter(county_code=roster.county_code, roster_id=roster.pk)

    def to_pay(self):
        """Those whom the state pays for: nothing holds them and nobody left them out."""
        return self.filter(held="", left_out_because="")


class ProxyLine(models.Model):
    """One person of a roster (代缴明细): the identity, the rule's amount, who bears it.

    Whoever pays themselves after the roster was drawn up is asked about once more: the answer and
    what came of the line stand beside what three people agreed to, and change nothing of it.
    """

    class Answer(models.TextChoices):
        PAY = "pay", _("照付，分开记账")
        HOLD = "hold", _("不付")

    class Unpaid(models.TextChoices):
        OWN_SINCE = "own_since", _("定稿后本人已缴")
        PAID_ALREADY = "paid", _("定稿后已另行代缴")
        GONE = "gone", _("已死亡或已终止参保")

    class Held(models.TextChoices):
        UNDECIDED = "undecided", _("政策未定金额")
        PAID_ALREADY = "paid", _("本年已代缴")
        OWN_PAID = "own_paid", _("本人已缴，政策不许并缴")
        OWN_FIRST = "own_first", _("等本人先缴")

    pk = models.CompositePrimaryKey("county_code", "roster_id", "resident_id")
    county_code = models.CharField(_("县区代码"), max_length=6)
    roster_id = models.BigIntegerField(_("代缴名册"))
    # No constraint in the database, as in the ledger: the registry never deletes.
    resident = models.ForeignKey(
        Resident,
        models.PROTECT,
        verbose_name=_("居民"),
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    village_code = models.CharField(_("村（社区）"), max_length=12)
    identity = models.CharField(_("特殊身份"), max_length=20)
    grade = models.SmallIntegerField(_("等级"), null=True)
    valid_from = models.DateField(_("起始日期"), null=True)
    valid_to = models.DateField(_("截止日期"), null=True)
    rule_id = models.BigIntegerField(_("代缴规则"))
    tier_amount = models.DecimalField(_("代缴档次"), max_digits=10, decimal_places=2, null=True)
    amount = models.DecimalField(_("代缴金额"), max_digits=10, decimal_places=2)
    own_amount = models.DecimalField(_("个人应缴"), max_digits=10, decimal_places=2)
    own_paid = models.DecimalField(_("个人已缴"), max_digits=12, decimal_places=2)
    held = models.CharField(_("不付原因"), max_length=10, choices=Held, blank=True)
    left_out_because = models.CharField(_("剔除原因"), max_length=100, blank=True)
    answer = models.CharField(_("本人已缴的答复"), max_length=4, choices=Answer, blank=True)
    # What they had paid themselves by the answer; a further payment is asked about anew.
    answered_about = models.DecimalField(
        _("答复时个人已缴"), max_digits=12, decimal_places=2, null=True
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("答复人"),
        related_name="+",
    )
    # Why the payment of its roster passed over it; empty where it was paid for.
    unpaid_because = models.CharField(_("未付原因"), max_length=9, choices=Unpaid, blank=True)
    shares = models.JSONField(_("承担方"))

    objects = ProxyLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("代缴明细")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(held="undecided"), name="proxy_pays_something"
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_by__isnull=False, answered_about__isnull=False),
                name="proxy_answered_by_somebody",
            ),
        ]
