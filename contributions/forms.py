"""The shape of what people send: which file for which year, which reason, which columns."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contributions.models import Transfer
from contributions.verdicts import HELD_CODES, VERDICTS
from pension_portal.clock import today
from policies.models import PolicyVersion

EARLIEST_YEAR = 2009
# The schemes whose money this portal follows, by their short names.
SCHEMES = [(1, _("居民养老")), (2, _("补充养老"))]


class FeedForm(forms.Form):
    """An export of the tax bureau and the campaign year it is for."""

    file = forms.FileField(
        label=_("缴费文件"),
        help_text=_("税务导出的 .xlsx、.xls、.csv 或 .txt，50 MB 以内，原样上传，不用改格式。"),
        error_messages={"required": _("还没有选文件，选好后再点上传。")},
    )
    year = forms.TypedChoiceField(
        label=_("征缴年度"),
        coerce=int,
        help_text=_("只列出已发布养老保险政策的年度。"),
    )

    def __init__(self, *args, county_code, **kwargs):
        super().__init__(*args, **kwargs)
        years = (
            PolicyVersion.objects.filter(
                county_code=county_code, status="published", scheme_id__in=[1, 2]
            )
            .values_list("year", flat=True)
            .distinct()
            .order_by("-year")
        )
        self.fields["year"].choices = [(year, year) for year in years]


class ReasonForm(forms.Form):
    """Why something is taken back or set aside; accepting sends none."""

    reason = forms.CharField(label=_("原因"), max_length=200)


class ExceptionFilter(forms.Form):
    """Which exceptions to list; every field may be empty."""

    STATES = [
        ("open", _("未处理")),
        ("posted", _("已入账")),
        ("set_aside", _("已剔除")),
        ("known", _("已入账过")),
        ("reversed", _("随文件冲正")),
    ]
    code = forms.ChoiceField(
        label=_("原因"),
        required=False,
        choices=[("", _("全部"))]
        + [(code, format_lazy("{} {}", code, VERDICTS[code].name)) for code in HELD_CODES],
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=STATES)
    area = forms.CharField(label=_("区域"), required=False, widget=forms.HiddenInput)
    feed = forms.IntegerField(label=_("文件"), required=False, widget=forms.HiddenInput)
    scheme = forms.IntegerField(label=_("险种"), required=False, widget=forms.HiddenInput)
    year = forms.IntegerField(label=_("年度"), required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=_("姓名或证件后四位"), required=False, max_length=60)

    def clean_state(self):
        return self.cleaned_data["state"] or "open"


class PeopleFilter(forms.Form):
    """Scheme and year of a list of people; what is missing is the basic scheme and this year."""

    scheme = forms.TypedChoiceField(label=_("险种"), coerce=int, choices=SCHEMES)
    year = forms.TypedChoiceField(label=_("年度"), coerce=int)

    def __init__(self, asked, *args, **kwargs):
        data = asked.copy()
        data.setdefault("scheme", 1)
        data.setdefault("year", today().year)
        super().__init__(data, *args, **kwargs)
        years = range(today().year + 1, EARLIEST_YEAR - 1, -1)
        self.fields["year"].choices = [(year, year) for year in years]

    def chosen(self):
        """Return what to list; a field that cannot be read counts as left out."""
        self.is_valid()
        return {"scheme": 1, "year": today().year} | self.cleaned_data


class UnpaidFilter(PeopleFilter):
    """Which of those who have not paid to list."""

    WHO = [
        ("", _("全部未缴")),
        ("paid_before", _("上年已缴今年未缴")),
        ("aged_45", _("45 周岁及以上")),
        ("both", _("以上两项都符合")),
    ]
    who = forms.ChoiceField(label=_("范围"), required=False, choices=WHO)
    group = forms.ChoiceField(label=_("组"), required=False)
    household = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, groups=(), **kwargs):
        super().__init__(*args, **kwargs)
        if groups:
            self.fields["group"].choices = [("", _("全部")), *groups]
        else:
            del self.fields["group"]


class PaidFilter(PeopleFilter):
    """Which payments to list."""

    SOURCES = [("", _("全部")), *Transfer.Source.choices]
    source = forms.ChoiceField(label=_("资金来源"), required=False, choices=SOURCES)
    day = forms.DateField(
        label=_("缴款日期"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    tier = forms.DecimalField(required=False, widget=forms.HiddenInput)
