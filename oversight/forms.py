"""What is asked of the progress pages and filled in about notices and bulletins.

What a progress page is not told, it chooses itself.
"""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from contributions.forms import SCHEMES
from oversight.models import Bulletin, Notice, NoticeObjection, NoticeSettings
from oversight.models.notices import SHORTEST_DAYS
from oversight.notices import period_of
from oversight.plans import BASIC_SCHEME
from pension_portal.clock import today
from policies.switching import offer_schemes

EVENING = "evening"
MOST_PEOPLE = 10_000_000  # more than any county has; keeps a slip of the finger out


class ProgressFilter(forms.Form):
    """Scheme, year, day, and whether it is shown as paid or as known that evening; the choices are
    the county's task plans, and this year at least.
    """

    scheme = forms.TypedChoiceField(label=_("险种"), coerce=int, required=False)
    year = forms.TypedChoiceField(label=_("年度"), coerce=int, required=False)
    day = forms.DateField(
        label=_("统计日"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    known = forms.ChoiceField(
        label=_("口径"),
        required=False,
        choices=[("", _("按缴款日")), (EVENING, _("当晚所知"))],
    )

    def __init__(self, *args, plans, **kwargs):
        super().__init__(*args, **kwargs)
        schemes = {plan.scheme_id: plan.scheme_name for plan in plans}
        schemes.setdefault(BASIC_SCHEME, _("居民养老"))
        years = {today().year, *(plan.year for plan in plans)}
        self.fields["scheme"].choices = sorted(schemes.items())
        self.fields["year"].choices = [(year, year) for year in sorted(years, reverse=True)]

    def chosen(self):
        """Return {scheme, year, day, known}; what is missing or cannot be read is the basic scheme,
        this year, no day, as paid.
        """
        self.is_valid()
        given = getattr(self, "cleaned_data", {})
        return {
            "scheme": given.get("scheme") or BASIC_SCHEME,
            "year": given.get("year") or today().year,
            "day": given.get("day"),
            "known": given.get("known", ""),
        }


class PopulationForm(forms.Form):
    """What police or statistics say of some places' people, with its source and day (M37)."""

    source = forms.CharField(
        label=_("来源"),
        max_length=80,
        help_text=_("如：区公安分局户籍统计"),
        error_messages={"required": _("写明数据由谁提供")},
    )
    as_of = forms.DateField(
        label=_("数据日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("填写数据日期")},
    )

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        self.places = places
        for place in places:
            for kind, words in (("registered", _("户籍人口")), ("usual", _("常住人口"))):
                self.fields[f"{kind}_{place.code}"] = _headcount_field(f"{place.name} {words}")

    @property
    def lines(self):
        """The places, each with its two fields."""
        return [
            (place, self[f"registered_{place.code}"], self[f"usual_{place.code}"])
            for place in self.places
        ]

    def clean(self):
        """At least one figure is filled in."""
        if not self.errors and not any(one[1] or one[2] for one in self.figures()):
            raise forms.ValidationError(_("至少填一个单位的户籍人口或常住人口"), code="empty")

    def clean_as_of(self):
        day = self.cleaned_data["as_of"]
        if day > today():
            raise forms.ValidationError(_("数据日期还没有到，填今天或以前的日期"), code="to_come")
        return day

    def figures(self):
        """Return (area code, registered, usual, source, day) of each place."""
        said = self.cleaned_data
        return [
            (
                place.code,
                said.get(f"registered_{place.code}"),
                said.get(f"usual_{place.code}"),
                said["source"],
                said["as_of"],
            )
            for place in self.places
        ]


def _headcount_field(label):
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        widget=forms.NumberInput(attrs={"aria-label": label}),
        error_messages={"invalid": _("填整数人数"), "min_value": _("人数不能小于 0")},
    )


class NoticeForm(forms.Form):
    """Which notice to draw up: of what, for which month or quarter, from which day on the wall."""

    kind = forms.ChoiceField(label=_("公示表"), choices=Notice.Kind)
    scheme = forms.TypedChoiceField(label=_("险种"), coerce=int, choices=SCHEMES)
    period = forms.ChoiceField(label=_("公示期间"))
    starts_on = forms.DateField(
        label=_("计划张贴日期"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args, settings, **kwargs):
        super().__init__(*args, **kwargs)
        self.settings = settings
        offer_schemes(self.fields["scheme"], settings.county_code)
        self.fields["period"].choices = [(key, words) for key, (words, _days) in periods().items()]
        self.initial = {
            "kind": Notice.Kind.PAYMENT,
            "period": f"{settings.rhythm}-0",
            "starts_on": today(),
        } | self.initial
        self.fields["starts_on"].help_text = _("公示 %(days)d 天，期满才可撤下") % {
            "days": settings.days
        }

    def clean_period(self):
        """Return the (first, last) day of what was chosen."""
        return periods()[self.cleaned_data["period"]][1]


def periods():
    """Return {key: (words, (first day, last day))} of the quarters and months a notice may be of:
    the running one and those before it.
    """
    found = {}
    for rhythm, count in ((NoticeSettings.Rhythm.QUARTER, 4), (NoticeSettings.Rhythm.MONTH, 6)):
        day = today()
        for place in range(count):
            days = period_of(rhythm, day)
            words = Notice(period_start=days[0], period_end=days[1]).period_words
            found[f"{rhythm}-{place}"] = (words, days)
            day = days[0] - timedelta(days=1)
    return found


class NoticeSettingsForm(forms.ModelForm):
    class Meta:
        model = NoticeSettings
        fields = ["rhythm", "days"]
        help_texts = {"days": _("不少于 7 天")}
        error_messages = {"days": {"required": _("填写公示天数，至少 7 天")}}

    def clean_days(self):
        days = self.cleaned_data["days"]
        if days < SHORTEST_DAYS:
            raise forms.ValidationError(
                _("公示不少于 %(days)d 天，填 %(days)d 或更多"),
                code="too_short",
                params={"days": SHORTEST_DAYS},
            )
        return days


class WallForm(forms.Form):
    """The day on which a sheet was hung out or taken down, and a photo of it."""

    day = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}))
    photo = forms.FileField(
        label=_("照片"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )


class ObjectionForm(forms.Form):
    """What somebody said to a sheet."""

    line_number = forms.IntegerField(label=_("针对第几行"), required=False, min_value=1)
    raised_by = forms.CharField(label=_("反映人"), required=False, max_length=60)
    raised_on = forms.DateField(label=_("反映日期"), widget=forms.DateInput(attrs={"type": "date"}))
    words = forms.CharField(
        label=_("反映内容"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("写下反映的内容")},
    )


class AnswerForm(forms.Form):
    """How an objection ended, and what its person was told."""

    result = forms.ChoiceField(
        label=_("处理结果"),
        choices=[choice for choice in NoticeObjection.Result.choices if choice[0]],
        error_messages={"required": _("选一个处理结果")},
    )
    answer = forms.CharField(
        label=_("答复"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("写下怎么答复的")},
    )


class NewBulletinForm(forms.Form):
    """Which bulletin to draft; the day is the last one known unless one is asked for."""

    kind = forms.ChoiceField(label=_("种类"), choices=Bulletin.Kind)
    scheme = forms.TypedChoiceField(label=_("险种"), coerce=int, choices=SCHEMES)
    year = forms.TypedChoiceField(label=_("年度"), coerce=int)
    day = forms.DateField(
        label=_("统计日"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("不填为数据截至日"),
    )

    def __init__(self, *args, years, county_code, **kwargs):
        super().__init__(*args, **kwargs)
        offer_schemes(self.fields["scheme"], county_code)
        self.fields["year"].choices = [(year, year) for year in years]

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day and day > today():
            raise forms.ValidationError(_("统计日还没有到，填今天或以前的日期"), code="to_come")
        return day


class BulletinForm(forms.ModelForm):
    """What a bulletin says in words."""

    class Meta:
        model = Bulletin
        fields = ["title", "issuer", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 16})}
        help_texts = {"body": _("一行一段；「一、」开头的短行排成黑体标题")}
        error_messages = {
            "title": {"required": _("填写标题")},
            "issuer": {"required": _("填写印发单位")},
            "body": {"required": _("写下正文")},
        }


class BulletinTemplateForm(forms.Form):
    """A county's own Word template."""

    file = forms.FileField(
        label=_("Word 模板"),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        error_messages={"required": _("选一个 .docx 模板")},
    )
