"""What collectives and donors add to people's accounts (集体补助、社会资助, Y27).

A list names its payer and whom the payer pays for. What stands against a line (over the cap, not
enrolled, …) holds it back; three people agree to the rest, and it is posted once. A list that
reverses another takes back all its payments, or those of some lines, in the same way.
"""

from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contributions.models import Transfer
from enrollment.models import PeopleQuerySet, Resident
from pension_portal.models import Job, StoredFile
from staff.models import Approvable, ApprovableQuerySet
from staff.permissions import may

AID_SOURCES = [
    (one.value, one.label) for one in (Transfer.Source.COLLECTIVE, Transfer.Source.DONATION)
]


class AidListQuerySet(ApprovableQuerySet):
    def visible_to(self, staff):
        """Those of the staff member's county, for duties that look at aid."""
        if not staff.county_code or not may(staff, "view_aid"):
            return self.none()
        return self.filter(county_code=staff.county_code)


class AidList(Approvable):
    """Whom one payer pays for in a year (补助资助名单), or the way back of such a list."""

    class PayerKind(models.TextChoices):
        ORGANISATION = "organisation", _("单位")
        PERSON = "person", _("个人")

    county_code = models.CharField(_("县区代码"), max_length=6)
    number = models.SmallIntegerField(_("第几份"))
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("缴费年度"))
    source = models.CharField(_("资金来源"), max_length=5, choices=AID_SOURCES)
    payer_kind = models.CharField(_("出资方"), max_length=12, choices=PayerKind)
    payer_name = models.CharField(_("出资方名称"), max_length=60)
    paid_on = models.DateField(_("到账日期"))
    voucher = models.CharField(_("凭证号"), max_length=40)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, verbose_name=_("名单文件"), related_name="+"
    )
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    # The columns a person named for a header, and what is asked about one now.
    confirmed = models.JSONField(default=dict)
    questions = models.JSONField(default=dict)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, verbose_name=_("冲正的名单"), related_name="reversals"
    )
    reason = models.CharField(_("冲正原因"), max_length=200, blank=True)
    posted_at = models.DateTimeField(_("入账时间"), null=True)
    people = models.IntegerField(_("入账人数"), null=True)
    amount = models.DecimalField(_("入账金额"), max_digits=14, decimal_places=2, null=True)

    objects = AidListQuerySet.as_manager()

    make_action, review_action, approve_action = "make_aid", "review_aid", "approve_aid"

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("补助资助名单")
        ordering = ["-id"]
        constraints = [
            *Approvable.Meta.constraints,
            models.UniqueConstraint(
                fields=["county_code", "year", "number"], name="one_aid_list_number"
            ),
            models.UniqueConstraint(
                fields=["county_code", "payer_name", "voucher"],
                condition=Q(reverses=None) & ~Q(state="withdrawn"),
                name="one_aid_list_of_a_voucher",
            ),
            models.CheckConstraint(
                condition=Q(reverses=None) | ~Q(reason=""), name="aid_reversed_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(posted_at=None) | Q(state="approved"), name="aid_posted_once_approved"
            ),
        ]

    def __str__(self):
        return f"{self.year}-{self.number}"

    def content(self):
        names = ("county_code", "scheme_id", "year", "source", "payer_kind", "payer_name")
        names += ("paid_on", "voucher", "reverses_id", "reason")
        return {name: str(getattr(self, name)) for name in names} | {"lines": self._seal_of_lines()}

    @property
    def own_lines(self):
        """The lines that it posts, or those of another list that it takes back."""
        return self.taken_back if self.reverses_id else self.lines

    def _seal_of_lines(self):
        """One hash of whom the list pays for and whom not: another list was not agreed to."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*), md5(string_agg(concat_ws('|', id, resident_id, amount, held),"
                " ',' order by id)) from subsidies_aidline"
                " where case when %s then taken_back_by_id else list_id end = %s",
                [self.reverses_id is not None, self.pk],
            )
            return list(cursor.fetchone())


class AidLineQuerySet(PeopleQuerySet):
    def to_pay(self):
        return self.filter(held="")

    def standing(self):
        """Those that pay and that no list takes back, or is about to."""
        return self.to_pay().filter(taken_back_by=None)


class AidLine(models.Model):
    """One person of a list (补助资助明细), and what stands against paying for them."""

    class Held(models.TextChoices):
        BAD_SUM = "bad_sum", _("金额读不出或不是正数")
        NOBODY = "nobody", _("本县没有这个证件号")
        OTHER_NAME = "other_name", _("姓名与档案不同")
        NOT_ENROLLED = "not_enrolled", _("没有参加这个险种或已终止")
        TWICE = "twice", _("名单里重复")
        OVER_CAP = "over_cap", _("超过当年上限")

    list = models.ForeignKey(AidList, models.CASCADE, related_name="lines")
    county_code = models.CharField(_("县区代码"), max_length=6)
    row_number = models.IntegerField(_("行号"))
    name = models.CharField(_("姓名"), max_length=80)
    name_key = models.CharField(max_length=80)
    id_shown = models.CharField(_("证件号码"), max_length=20)
    id_index = models.BinaryField(max_length=32)
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, verbose_name=_("居民"), related_name="+"
    )
    village_code = models.CharField(_("村（社区）"), max_length=12, blank=True)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2, null=True)
    # What other lists have paid for this person in the year.
    paid_before = models.DecimalField(
        _("本年已补助资助"), max_digits=12, decimal_places=2, default=0
    )
    held = models.CharField(_("不入账原因"), max_length=12, choices=Held, blank=True)
    # The list that takes it back, or has: one at a time, and once.
    taken_back_by = models.ForeignKey(
        AidList,
        models.PROTECT,
        null=True,
        verbose_name=_("由哪份冲正"),
        related_name="taken_back",
    )

    objects = AidLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("补助资助明细")
        ordering = ["row_number", "id"]
