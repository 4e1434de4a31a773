"""The shapes of what is filled in about areas and tasks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pension_portal.clock import today
from townships.headcounts import read_headcount
from townships.models import Area, AreaAlias, AreaContact, TaskPlan

MOST_MILESTONES = 4
EARLIEST_YEAR, LATEST_YEAR = 2011, 2100
MOST_PEOPLE = 100_000_000
SHEET_TYPES = ".xlsx,.xls,.csv"


def day_field(label, **options):
    """Return a date field that shows the browser's calendar and writes 2021-03-31."""
    widget = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **options)


class HeadcountField(forms.CharField):
    """A number of people: 223300, 223,300 or 22.33万."""

    def __init__(self, **options):
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, **options)

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        people = read_headcount(text)
        if people is None or people > MOST_PEOPLE:
            raise forms.ValidationError(_("填人数，如 223300 或 22.33万"), code="headcount")
        return people


class SearchForm(forms.Form):
    q = forms.CharField(label=_("名称、代码或别名"), required=False)
    ended = forms.BooleanField(label=_("含已停用"), required=False)


class SheetForm(forms.Form):
    """A sheet to upload."""

    file = forms.FileField(
        label=_("文件"),
        widget=forms.FileInput(attrs={"accept": SHEET_TYPES}),
        error_messages={
            "required": _("选一个文件"),
            "empty": _("这是空文件，重新导出后再传"),
        },
    )


class RenameForm(forms.Form):
    name = forms.CharField(
        label=_("新名称"), max_length=60, error_messages={"required": _("填写新名称")}
    )


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(
        label=_("并入"),
        queryset=Area.objects.none(),
        error_messages={"required": _("选并入的区划")},
    )
    on = day_field(_("生效日期"), error_messages={"required": _("填写生效日期")})

    def __init__(self, *args, area, **kwargs):
        super().__init__(*args, **kwargs)
        others = Area.objects.inside(area.county_code).filter(level=area.level, valid_to=None)
        self.fields["into"].queryset = others.exclude(pk=area.pk).order_by("code")
        self.fields["into"].label_from_instance = lambda one: f"{one.name}（{one.code}）"
        self.fields["on"].initial = today()


class AliasForm(forms.Form):
    source = forms.ChoiceField(label=_("来源"), choices=AreaAlias.Source.choices)
    text = forms.CharField(
        label=_("来源写法"), max_length=120, error_messages={"required": _("照文件里的写法填")}
    )


class ContactForm(forms.Form):
    role = forms.ChoiceField(label=_("角色"), choices=AreaContact.Role.choices)
    name = forms.CharField(label=_("姓名"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("电话"), max_length=20, error_messages={"required": _("填写电话")}
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("role") != AreaContact.Role.HOTLINE and not cleaned.get("name"):
            self.add_error("name", _("填写姓名；只有监督电话可以不填"))
        return cleaned

    def __init__(self, *args, **kwargs):
        # A place's name stands on the same page.
        super().__init__(*args, auto_id="id_contact_%s", **kwargs)


class PlanForm(forms.Form):
    """A county's task of a scheme and year; its milestones stand beside it in a formset."""

    scheme_id = forms.TypedChoiceField(label=_("险种"), choices=TaskPlan.Scheme.choices, coerce=int)
    year = forms.IntegerField(label=_("年度"), min_value=EARLIEST_YEAR, max_value=LATEST_YEAR)
    target = HeadcountField(
        label=_("任务数"),
        help_text=_("可填 223300 或 22.33万"),
        error_messages={"required": _("填写任务数")},
    )
    starts_on = day_field(_("开始日期"), help_text=_("当天计入"))
    ends_on = day_field(_("结束日期"), help_text=_("当天计入"))
    document_no = forms.CharField(label=_("文号"), max_length=80, required=False)
    counts_proxy = forms.BooleanField(label=_("代缴人员计入任务"), required=False, initial=True)

    def __init__(self, *args, plan=None, **kwargs):
        super().__init__(*args, **kwargs)
        if plan:  # what a plan is for stays; another scheme or year is another plan
            self.fields["scheme_id"].disabled = self.fields["year"].disabled = True


class MilestoneForm(forms.Form):
    """One stage; it stands in a row of a table, so each field says by itself what it is."""

    label = forms.CharField(label=_("阶段"), max_length=40)
    due_on = day_field(_("截止日期"))
    share = forms.DecimalField(
        label=_("累计比例（%）"), max_digits=5, decimal_places=2, min_value=0, max_value=100
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label


MilestoneForms = forms.formset_factory(
    MilestoneForm, extra=MOST_MILESTONES, max_num=MOST_MILESTONES, validate_max=True
)


class QuotasForm(forms.Form):
    """A field for each area below one: how many people fall to it."""

    def __init__(self, *args, areas, people, **kwargs):
        super().__init__(*args, **kwargs)
        for area in areas:
            self.fields[area.code] = HeadcountField(
                label=area.name, required=False, initial=people.get(area.code)
            )
