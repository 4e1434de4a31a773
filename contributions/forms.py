"""The shape of what people send: which file for which year, which reason, which columns."""

import re
import unicodedata
from decimal import Decimal

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contributions.messages import PLACES
from contributions.models import Collector, Determination, Lead, Outcome, SavedFilter, Transfer
from contributions.receiving import years_to_post
from contributions.remedies import AGES, REMEDIES
from contributions.verdicts import HELD_CODES, VERDICTS
from enrollment.models import Resident
from pension_portal.cells import id_texts
from pension_portal.clock import today
from pension_portal.identity import IdFault, check_id_number
from pension_portal.secrecy import blind_index
from policies.schemes import SHORT_NAMES
from policies.switching import offer_schemes
from policies.words import PENSION_NAMES

EARLIEST_YEAR = 2009
SCHEMES = list(SHORT_NAMES.items())
PENSIONS = list(PENSION_NAMES.items())


class FeedForm(forms.Form):
    """An export of the tax bureau and the campaign year it is for."""

    file = forms.FileField(
        label=_("缴费文件"),
        help_text=_("税务导出的 .xlsx、.xls、.csv 或 .txt，50 MB 以内，原样上传，不用改格式。"),
        error_messages={
            "required": _("还没有选文件，选好后再点上传。"),
            "empty": _("这是空文件，重新导出后再传"),
        },
    )
    year = forms.TypedChoiceField(
        label=_("征缴年度"),
        coerce=int,
        help_text=_("只列出已发布政策的年度。"),
    )

    def __init__(self, *args, county_code, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, year) for year in years_to_post(county_code)]


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
    OWNERS = [
        ("", _("不限")),
        ("nobody", _("没有人领取")),
        ("mine", _("本人在处理")),
        ("others", _("别人在处理")),
        ("waiting", _("等审批")),
    ]
    remedy = forms.ChoiceField(
        label=_("改法"),
        required=False,
        choices=[("", _("全部"))] + [(remedy.slug, remedy.name) for remedy in REMEDIES],
    )
    code = forms.ChoiceField(
        label=_("原因"),
        required=False,
        choices=[("", _("全部"))]
        + [(code, format_lazy("{} {}", code, VERDICTS[code].name)) for code in HELD_CODES],
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=STATES)
    age = forms.ChoiceField(
        label=_("已等"),
        required=False,
        choices=[("", _("不限"))] + [(slug, name) for slug, name, *_bounds in AGES],
    )
    owner = forms.ChoiceField(label=_("谁在处理"), required=False, choices=OWNERS)
    area = forms.CharField(label=_("区域"), required=False, widget=forms.HiddenInput)
    feed = forms.IntegerField(label=_("文件"), required=False, widget=forms.HiddenInput)
    scheme = forms.IntegerField(label=_("险种"), required=False, widget=forms.HiddenInput)
    year = forms.IntegerField(label=_("年度"), required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=_("姓名或证件后四位"), required=False, max_length=60)

    def clean_state(self):
        return self.cleaned_data["state"] or "open"


class DeterminationFilter(forms.Form):
    """Which determinations to list."""

    STATES = [
        ("", _("全部")),
        ("waiting", _("待审批")),
        ("approved", _("已同意")),
        ("rejected", _("已退回")),
    ]
    state = forms.ChoiceField(label=_("状态"), required=False, choices=STATES)
    q = forms.CharField(label=_("流水号或姓名"), required=False, max_length=60)


class DeterminationForm(forms.Form):
    """What a person may pay for missed years."""

    id_number = forms.CharField(
        label=_("证件号码"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    scheme = forms.TypedChoiceField(label=_("险种"), coerce=int, choices=PENSIONS)
    kind = forms.ChoiceField(
        label=_("补缴类型"),
        choices=Determination.Kind,
        required=False,
        help_text=_("按补缴申请表填写。"),
    )
    number = forms.CharField(
        label=_("征集通知流水号"),
        max_length=40,
        help_text=_("税务文件里的同名列按它核对。"),
    )
    years = forms.CharField(
        label=_("补缴年度和金额"),
        help_text=_("一行一段，年度在前，每年金额在后，如：2016-2018 500"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    basis = forms.CharField(
        label=_("核定依据"), max_length=200, help_text=_("文号，或申请表编号和日期。")
    )

    def __init__(self, *args, staff, resident=None, **kwargs):
        """`resident` is who it is for where somebody came here from a held payment of theirs."""
        super().__init__(*args, **kwargs)
        self.staff, self.resident = staff, resident
        if resident:
            self.fields["id_number"].required = False
            self.fields["id_number"].help_text = _("留空就是这笔缴费的人。")

    def clean_id_number(self):
        """Find the resident; the field's value is the person."""
        if self.resident and not self.cleaned_data["id_number"]:
            return self.resident
        (text,), (mark,) = id_texts([self.cleaned_data["id_number"]])
        number = check_id_number(text, today(), mark)
        if isinstance(number, IdFault):
            raise forms.ValidationError(number.sentence)
        people = Resident.objects.visible_to(self.staff)
        found = people.filter(id_index=blind_index(number.text18)).first()
        if found is None:
            raise forms.ValidationError(_("本县档案里没有此人，先导入花名册，再核定补缴。"))
        return found

    def clean_kind(self):
        return self.cleaned_data["kind"] or Determination.Kind.GAP

    def clean_years(self):
        """Read the lines into {year: yuan}."""
        amounts = {}
        lines = [line for line in self.cleaned_data["years"].splitlines() if line.strip()]
        for place, line in enumerate(lines, start=1):
            for year, amount in _years_of_line(place, line).items():
                if year in amounts:
                    raise forms.ValidationError(
                        _("%(year)d 年写了两次，每个年度只写一次。"), params={"year": year}
                    )
                amounts[year] = amount
        return amounts


_LINE = re.compile(r"(\d{4})(?:[-~至](\d{4}))?年?[\s:]+(\d{1,7}(?:\.\d{1,2})?)元?")


def _years_of_line(place, line):
    found = _LINE.fullmatch(unicodedata.normalize("NFKC", line).strip())
    if not found:
        raise forms.ValidationError(
            _("第 %(place)d 行看不懂，写成：2016-2018 500。"), params={"place": place}
        )
    first, last, amount = int(found[1]), int(found[2] or found[1]), Decimal(found[3])
    if not EARLIEST_YEAR <= first <= last <= today().year:
        raise forms.ValidationError(
            _("第 %(place)d 行的年度要在 %(first)d 到 %(last)d 之间，先小后大。"),
            params={"place": place, "first": EARLIEST_YEAR, "last": today().year},
        )
    if not amount:
        raise forms.ValidationError(_("第 %(place)d 行的金额是 0。"), params={"place": place})
    return dict.fromkeys(range(first, last + 1), amount)


class SettingsForm(forms.Form):
    """How a county wants its files to be handled."""

    posts_by_itself = forms.BooleanField(
        label=_("核对后自动入账（异常不超过上限时，不等审批）"), required=False
    )
    bad_share_limit = forms.DecimalField(
        label=_("异常比例上限（%）"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_("缴费文件的异常超过这个比例，等县级审批决定。"),
    )
    roster_bad_share_limit = forms.DecimalField(
        label=_("花名册退回比例上限（%）"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_("花名册的退回行超过这个比例，等人决定是否照常导入。"),
    )
    review_above = forms.DecimalField(
        label=_("异常处理须审批的金额（元）"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        initial=1000,
        help_text=_("单笔超过这个数，经办提出后由乡镇复核、县级审批，再入账。"),
    )
    registration_needs_approval = forms.BooleanField(
        label=_("窗口参保登记须经复核和审批才生效（不选则即时生效，列入当月月报备查）"),
        required=False,
    )
    why = forms.CharField(label=_("变更理由"), max_length=200)


class PeopleFilter(forms.Form):
    """Scheme and year of a list of people; what is missing is the basic scheme and this year.

    With a county, the schemes it follows are offered.
    """

    scheme = forms.TypedChoiceField(label=_("险种"), coerce=int, choices=SCHEMES)
    year = forms.TypedChoiceField(label=_("年度"), coerce=int)

    def __init__(self, asked, *args, county_code=None, **kwargs):
        data = asked.copy()
        data.setdefault("scheme", 1)
        data.setdefault("year", today().year)
        super().__init__(data, *args, **kwargs)
        years = range(today().year + 1, EARLIEST_YEAR - 1, -1)
        self.fields["year"].choices = [(year, year) for year in years]
        if county_code:
            offer_schemes(self.fields["scheme"], county_code)

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
        ("both", _("45 周岁及以上且上年已缴")),
        ("lapsed", _("连续两年断缴")),
        ("says_paid", _("称已缴未到账")),
        ("cash", _("已收现金未到账")),
        ("before_60", _("到龄前一年")),
        ("proxy", _("可由政府代缴")),
        ("visit", _("上门代办")),
        ("promise_due", _("承诺到期未缴")),
        ("partly", _("同户有人已缴")),
        ("not_contacted", _("还没联系过")),
    ]
    # Chosen by the line of ready filters above the bar.
    who = forms.ChoiceField(label=_("范围"), required=False, choices=WHO, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("联系结果"), required=False, choices=[("", _("全部")), *Outcome.choices]
    )
    collector = forms.ModelChoiceField(
        Collector.objects.none(), label=_("责任人"), required=False, empty_label=_("全部")
    )
    group = forms.ChoiceField(label=_("组"), required=False)
    household = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, groups=(), collectors=None, **kwargs):
        super().__init__(*args, **kwargs)
        if collectors is not None:
            self.fields["collector"].queryset = collectors
        if groups:
            self.fields["group"].choices = [("", _("全部")), *groups]
        else:
            del self.fields["group"]


class PaidFilter(PeopleFilter):
    """Which payments to list."""

    SOURCES = [
        ("", _("全部")),
        *((one.value, one.label) for one in (Transfer.Source.OWN, Transfer.Source.PROXY)),
    ]
    source = forms.ChoiceField(label=_("资金来源"), required=False, choices=SOURCES)
    day = forms.DateField(
        label=_("缴款日期"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    tier = forms.DecimalField(required=False, widget=forms.HiddenInput)


class RepairForm(forms.Form):
    """The error file of a feed, repaired."""

    file = forms.FileField(
        label=_("修好的文件"),
        error_messages={"required": _("还没有选文件，选好后再点传回。")},
    )


class ContactForm(forms.Form):
    """What came of one contact, from a page or from what a phone kept."""

    resident = forms.IntegerField()
    outcome = forms.ChoiceField(label=_("结果"), choices=Outcome.choices)
    promised_on = forms.DateField(
        label=_("承诺日期"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(label=_("备注"), required=False, max_length=200)
    key = forms.UUIDField()
    at = forms.DateTimeField(required=False)


class TakeBackForm(forms.Form):
    """Which contact somebody takes back, by the key it was sent under."""

    take_back = forms.UUIDField()


class SaveFilterForm(forms.ModelForm):
    """The name of a filter to keep, and whether colleagues get it too."""

    class Meta:
        model = SavedFilter
        fields = ["name", "is_shared"]


class CollectorForm(forms.ModelForm):
    """Somebody who answers for some villages or groups."""

    places = forms.MultipleChoiceField(
        label=_("负责的村（社区）和组"),
        required=False,
        help_text=_("按住 Ctrl 可选多个；已有责任人的，改由这位负责。"),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )

    class Meta:
        model = Collector
        fields = ["name", "unit", "phone", "staff", "is_active"]

    def __init__(self, *args, places, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["places"].choices = places
        self.fields["staff"].queryset = people
        if self.instance.pk:
            self.initial["places"] = [area.area_id for area in self.instance.areas.all()]


class LeadForm(forms.Form):
    """Whether a lead is true, and how somebody knows."""

    verdict = forms.ChoiceField(
        choices=[(Lead.State.CONFIRMED, _("属实")), (Lead.State.DISMISSED, _("不属实"))]
    )
    reason = forms.CharField(label=_("核实情况"), required=False, max_length=200)


class MessageForm(forms.Form):
    """The county's own text of a message; empty for the portal's."""

    message = forms.CharField(
        label=_("短信文本"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=format_lazy(
            _("可用 “{places}”；留空用自带文本。"), places="".join(f"{{{one}}}" for one in PLACES)
        ),
    )

    def clean_message(self):
        """Refuse a text that holds a number of a person: it would go to everybody."""
        text = self.cleaned_data["message"].strip()
        if re.search(r"\d{15,}", unicodedata.normalize("NFKC", text)):
            raise forms.ValidationError(_("文本里不能写证件号码，只能写尾号。"))
        return text


class TemplateForm(forms.Form):
    """The county's own styled list, whose row every list copies."""

    file = forms.FileField(
        label=_("名单模板"),
        help_text=format_lazy(
            _("xlsx，表头一行、下面留一行样式；表头以上可写 “{places}”。"),
            places="{镇}{村}{年度}{日期}",
        ),
        error_messages={"required": _("还没有选文件，选好后再点上传。")},
    )
