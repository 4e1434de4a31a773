"""A payment feed: the tax bureau's export, its rows as they came, and what became of each."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contributions.verdicts import CODE_CHOICES, VERDICTS, Outcome
from pension_portal.models import Job, StoredFile
from staff.models import Approvable, ApprovableQuerySet
from staff.permissions import may


class FeedSettings(models.Model):
    """What a county has decided about its feeds (对账设置)."""

    county_code = models.CharField(_("县区代码"), max_length=6, primary_key=True)
    posts_by_itself = models.BooleanField(_("核对后自动入账"), default=False)
    bad_share_limit = models.DecimalField(
        _("异常比例上限（%）"), max_digits=5, decimal_places=2, default=Decimal(10)
    )
    review_above = models.DecimalField(
        _("异常处理须审批的金额（元）"), max_digits=12, decimal_places=2, default=Decimal(1000)
    )

    class Meta:
        verbose_name = verbose_name_plural = _("对账设置")

    @classmethod
    def of(cls, county_code):
        """Return the county's settings, or the defaults: a person decides before anything is
        posted.
        """
        return cls.objects.filter(pk=county_code).first() or cls(county_code=county_code)


class SettingsProposalQuerySet(ApprovableQuerySet):
    def visible_to(self, staff):
        """Proposals of the staff member's county, for duties that see its settings."""
        if len(staff.area_code) != 6 or not may(staff, "view_settings"):
            return self.none()
        return self.filter(county_code=staff.area_code)


class SettingsProposal(Approvable):
    """How somebody wants a county's settings to be (设置变更); in force once another agrees."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    posts_by_itself = models.BooleanField(_("核对后自动入账"))
    bad_share_limit = models.DecimalField(_("异常比例上限（%）"), max_digits=5, decimal_places=2)
    roster_bad_share_limit = models.DecimalField(
        _("花名册退回比例上限（%）"), max_digits=5, decimal_places=2
    )
    review_above = models.DecimalField(
        _("异常处理须审批的金额（元）"), max_digits=12, decimal_places=2, default=Decimal(1000)
    )
    registration_needs_approval = models.BooleanField(_("参保登记须审批"), default=False)
    why = models.CharField(_("变更理由"), max_length=200)

    objects = SettingsProposalQuerySet.as_manager()

    needs_review = False
    make_action, approve_action = "propose_settings", "approve_settings"
    SETTINGS = (
        "posts_by_itself",
        "bad_share_limit",
        "roster_bad_share_limit",
        "review_above",
        "registration_needs_approval",
    )

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("设置变更")
        ordering = ["-made_at"]
        constraints = [
            *Approvable.Meta.constraints,
            models.UniqueConstraint(
                fields=["county_code"],
                condition=~models.Q(state__in=["approved", "withdrawn"]),
                name="one_open_settings_proposal",
            ),
        ]

    def __str__(self):
        return self.why

    def content(self):
        return {name: str(getattr(self, name)) for name in ("county_code", *self.SETTINGS, "why")}


class PaymentFeedQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Feeds of the staff member's county, for duties that look at feeds.

        A feed holds people of the whole county, so an area smaller than the county sees none.
        """
        if len(staff.area_code) != 6 or not may(staff, "view_feed"):
            return self.none()
        return self.filter(county_code=staff.area_code)

    def posted(self):
        return self.filter(reversed_at=None).exclude(posted_at=None)


class PaymentFeed(models.Model):
    """One uploaded payment file (缴费文件) on its way into the ledger."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    year = models.SmallIntegerField(_("征缴年度"))
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name=_("文件"), related_name="+")
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    mapping = models.JSONField(_("列对应"), default=dict)
    questions = models.JSONField(_("待确认"), default=dict)
    sheets = models.JSONField(_("工作表"), default=list)
    header_signature = models.CharField(max_length=64, blank=True)
    rows = models.IntegerField(_("文件笔数"), default=0)
    amount = models.DecimalField(_("文件金额"), max_digits=16, decimal_places=2, default=0)
    noise_rows = models.IntegerField(_("非数据行"), default=0)
    data_until = models.DateField(_("数据截至"), null=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("上传人"), related_name="+"
    )
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    read_at = models.DateTimeField(_("读入时间"), null=True)
    judged_at = models.DateTimeField(_("核对时间"), null=True)
    judged_books = models.BigIntegerField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("批准入账"),
        related_name="+",
    )
    posted_at = models.DateTimeField(_("入账时间"), null=True)
    reversed_at = models.DateTimeField(_("冲正时间"), null=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("冲正人"),
        related_name="+",
    )
    reversal_reason = models.CharField(_("冲正原因"), max_length=200, blank=True)

    objects = PaymentFeedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("缴费文件")
        ordering = ["-uploaded_at"]
        indexes = [models.Index(fields=["county_code", "year", "posted_at"], name="feed_of_a_year")]

    def __str__(self):
        return self.file.name


class FeedBlock(models.Model):
    """Some thousand rows of a feed, sealed as they were: every cell of every row."""

    pk = models.CompositePrimaryKey("feed_id", "number")
    feed = models.ForeignKey(PaymentFeed, models.CASCADE, related_name="blocks", db_index=False)
    number = models.IntegerField()
    first_row_no = models.IntegerField()
    rows = models.IntegerField()
    noise_rows = models.IntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    sealed_cells = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = _("原始行")


class FeedRow(models.Model):
    """One row of a feed as it was read (文件行), with its place in the file and its verdict.

    The verdict is empty while nothing stands in the row's way. What it says in full is in its
    block; here are the columns that are joined, never the identity number itself.
    """

    pk = models.CompositePrimaryKey("county_code", "year", "feed_id", "row_no")
    county_code = models.CharField(max_length=6)
    year = models.SmallIntegerField()
    feed = models.ForeignKey(
        PaymentFeed, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    row_no = models.IntegerField(_("序号"))
    sheet_number = models.SmallIntegerField(_("工作表"))
    sheet_row = models.IntegerField(_("行号"))
    id_index = models.BinaryField(null=True)
    id_last4 = models.CharField(max_length=4)
    id_fault = models.CharField(max_length=20)
    name = models.CharField(_("姓名"), max_length=80)
    name_key = models.CharField(max_length=80)
    scheme_id = models.SmallIntegerField(null=True)
    contribution_year = models.SmallIntegerField(_("缴费年度"), null=True)
    last_year = models.SmallIntegerField(null=True)
    amount = models.DecimalField(_("实缴金额"), max_digits=12, decimal_places=2, null=True)
    payment_type = models.CharField(_("缴费类型"), max_length=10)
    tax_state = models.CharField(_("缴费状态"), max_length=10)
    paid_on = models.DateField(_("缴款日期"), null=True)
    treasury_on = models.DateField(_("入库日期"), null=True)
    receipt = models.CharField(_("电子税票号码"), max_length=40)
    determination_no = models.CharField(_("征集通知流水号"), max_length=40)
    channel = models.CharField(_("缴费渠道"), max_length=40)
    town_text = models.CharField(_("街道乡镇"), max_length=120)
    natural_key = models.UUIDField(null=True)
    verdict = models.CharField(_("核对结果"), max_length=3, choices=CODE_CHOICES)

    class Meta:
        verbose_name = verbose_name_plural = _("文件行")
        ordering = ["row_no"]

    @property
    def ruling(self):
        return VERDICTS[self.verdict]


class FeedTally(models.Model):
    """How many rows and yuan of a feed took one verdict (对账汇总): the control strip adds these
    up.
    """

    pk = models.CompositePrimaryKey("feed_id", "code")
    feed = models.ForeignKey(PaymentFeed, models.CASCADE, related_name="tallies", db_index=False)
    code = models.CharField(max_length=3, choices=CODE_CHOICES)
    outcome = models.CharField(max_length=10, choices=Outcome)
    rows = models.IntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = _("对账汇总")
