"""What the pages of the registry ask for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.models import (
    EXCLUSIONS,
    CertifiedIdentity,
    Conflict,
    Department,
    ExpectedList,
    HouseholdExemption,
    SpecialIdentity,
    Subject,
)
from enrollment.pasted import numbers_in
from enrollment.revealing import REASONS, SECRETS
from pension_portal.cells import id_text
from pension_portal.clock import today
from pension_portal.identity import upgrade
from pension_portal.secrecy import blind_index
from staff.forms import PlaceSelect
from townships.models import Area

OLD_NUMBER = 15  # digits of an ID number of the first generation


class FindForm(forms.Form):
    """The filter over the list of people."""

    q = forms.CharField(
        label=_("查找"),
        required=False,
        max_length=120,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "placeholder": _("姓名、拼音、尾号、村"),
            }
        ),
    )
    area = forms.ChoiceField(label=_("地区"), required=False, widget=PlaceSelect)

    def __init__(self, *args, staff, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", _("全部")), *area_choices(staff)]


class PastedForm(forms.Form):
    """A column of ID numbers, as it was copied from a sheet."""

    numbers = forms.CharField(
        label=_("证件号码"),
        help_text=_("一行一个，或用逗号隔开；从表格里整列复制即可，一次最多 5,000 个。"),
        max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("没有证件号码，从表格里复制一列贴到这里")},
    )

    def clean_numbers(self):
        if not numbers_in(self.cleaned_data["numbers"]):
            raise forms.ValidationError(_("没有认出证件号码，应为 18 位或 15 位"))
        return self.cleaned_data["numbers"]


def area_choices(staff):
    """Return the towns and villages in a staff member's area: each town heads its villages."""
    areas = Area.objects.visible_to(staff).filter(level__in=[Area.Level.TOWN, Area.Level.VILLAGE])
    towns, villages = [], {}
    for area in areas.order_by("position", "code"):
        if area.level == Area.Level.TOWN:
            towns.append(area)
        else:
            villages.setdefault(area.parent_id, []).append((area.code, area.name))
    choices = [
        (town.name, [(town.code, _("%(town)s（全部）") % {"town": town.name})]) for town in towns
    ]
    for (_name, group), town in zip(choices, towns, strict=True):
        group.extend(villages.pop(town.code, []))
    return choices + [choice for group in villages.values() for choice in group]


class RosterForm(forms.Form):
    """An uploaded roster; whether it can be read is seen when it is read."""

    file = forms.FileField(
        label=_("花名册文件"),
        help_text=_("xlsx、xls、csv 都可以，不必改名；同一文件再传一次，显示原来的结果。"),
        error_messages={
            "required": _("没有选文件，拖进来或点此选择"),
            "empty": _("这是空文件，重新导出后再传"),
        },
    )

    is_enrolling = forms.BooleanField(
        label=_("新增参保登记：逐人按参保条件审核，不符合的退回"), required=False
    )


class RevealForm(forms.Form):
    """Which hidden number somebody wants to see, and why."""

    what = forms.ChoiceField(choices=list(SECRETS.items()))
    reason = forms.ChoiceField(label=_("查看事由"), choices=list(REASONS.items()))


class DepartmentListForm(forms.Form):
    """An uploaded list of a department: of what, for which day, whole or only what was added."""

    content = forms.ChoiceField(label=_("哪份名单"))
    as_of = forms.DateField(
        label=_("名单日期"),
        initial=today,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("新增的从这天起有此身份，退出的到前一天为止。"),
    )
    is_complete = forms.TypedChoiceField(
        label=_("名单范围"),
        choices=[("yes", _("全量：不在名单上的退出")), ("no", _("只报新增：不退出任何人"))],
        coerce=lambda value: value == "yes",
        initial="yes",
    )
    document_no = forms.CharField(label=_("来文文号"), max_length=60, required=False)
    file = forms.FileField(
        label=_("名单文件"),
        help_text=_("部门发来的原件即可，xlsx、xls、et、ods、csv 都行，一户一行的也行。"),
        error_messages={
            "required": _("没有选文件，拖进来或点此选择"),
            "empty": _("这是空文件，重新导出后再传"),
        },
    )

    def __init__(self, *args, county_code, **kwargs):
        super().__init__(*args, **kwargs)
        self.departments = {
            department.pk: department
            for department in Department.objects.filter(county_code=county_code).prefetch_related(
                "certified", "expected"
            )
        }
        self.fields["content"].choices = [
            (department.name, self._contents_of(department))
            for department in self.departments.values()
        ]

    @staticmethod
    def _contents_of(department):
        """Return what a department may send: all its identities, each alone, its other lists."""
        certified = [
            (held.identity, held.get_identity_display()) for held in department.certified.all()
        ]
        choices = [(f"{department.pk}:{identity}", label) for identity, label in certified]
        if len(certified) > 1:
            every = _("、").join(str(label) for _identity, label in certified)
            choices.insert(0, (f"{department.pk}:{Subject.IDENTITIES}", every))
        others = [one for one in department.expected.all() if one.subject != Subject.IDENTITIES]
        return choices + [
            (f"{department.pk}:{one.subject}", one.get_subject_display()) for one in others
        ]

    def clean_as_of(self):
        as_of = self.cleaned_data["as_of"]
        if as_of > today():
            raise forms.ValidationError(_("名单日期还没到，填名单截至的那一天"))
        return as_of

    def list_asked_for(self):
        """Return what `receive_list` wants to know."""
        number, _colon, content = self.cleaned_data["content"].partition(":")
        department = self.departments[int(number)]
        identities = [held.identity for held in department.certified.all()]
        if content in identities:
            content, identities = Subject.IDENTITIES, [content]
        return {
            "department": department,
            "subject": content,
            "identities": identities,
            "as_of": self.cleaned_data["as_of"],
            "is_complete": self.cleaned_data["is_complete"],
            "document_no": self.cleaned_data["document_no"],
        }


class CertifiersForm(forms.Form):
    """Which department certifies each identity; none leaves it to rosters."""

    def __init__(self, *args, county_code, **kwargs):
        super().__init__(*args, **kwargs)
        departments = Department.objects.filter(county_code=county_code)
        held = dict(
            CertifiedIdentity.objects.filter(county_code=county_code).values_list(
                "identity", "department"
            )
        )
        for identity, label in SpecialIdentity.Kind.choices:
            self.fields[identity] = forms.ModelChoiceField(
                departments,
                label=label,
                required=False,
                initial=held.get(identity),
                empty_label=_("没有认定部门"),
            )


class DepartmentForm(forms.Form):
    """One department that sends lists."""

    name = forms.CharField(label=_("部门名称"), max_length=40)


class ExpectedListForm(forms.Form):
    """A list that a department owes each year or month."""

    department = forms.ModelChoiceField(Department.objects.none(), label=_("部门"))
    subject = forms.ChoiceField(label=_("内容"), choices=Subject)
    rhythm = forms.ChoiceField(label=_("周期"), choices=ExpectedList.Rhythm)
    due_month = forms.IntegerField(
        label=_("截止月"), min_value=1, max_value=12, initial=12, help_text=_("每月报的不看这一项")
    )
    due_day = forms.IntegerField(label=_("截止日"), min_value=1, max_value=31, initial=10)

    def __init__(self, *args, county_code, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.filter(county_code=county_code)


class IdentityWordForm(forms.Form):
    """How a department writes an identity, and in which years it did."""

    text = forms.CharField(label=_("写法"), max_length=40)
    identity = forms.ChoiceField(label=_("特殊身份"), choices=SpecialIdentity.Kind)
    grade = forms.TypedChoiceField(
        label=_("等级"),
        choices=[("", "--"), *((number, str(number)) for number in range(1, 5))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    first_year = forms.IntegerField(
        label=_("起始年度"), min_value=2009, max_value=2100, required=False
    )
    last_year = forms.IntegerField(
        label=_("截止年度"), min_value=2009, max_value=2100, required=False
    )

    def clean(self):
        said = super().clean()
        first, last = said.get("first_year"), said.get("last_year")
        if first and last and last < first:
            self.add_error("last_year", _("截止年度早于起始年度"))
        return said


class SplitForm(forms.Form):
    """Which members of a household get one of their own, and under which number."""

    people = forms.TypedMultipleChoiceField(
        label=_("分出的人"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    number = forms.CharField(label=_("新户编号"), max_length=30)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = people


class MergeForm(forms.Form):
    """Into which household of the village a household is merged."""

    number = forms.CharField(label=_("并入的户编号"), max_length=30)


class JoinForm(forms.Form):
    """Who of another household counts with this one, and why."""

    number = forms.CharField(label=_("证件号码"), max_length=24)
    why = forms.CharField(label=_("原因"), max_length=60, initial=_("已婚，户口未迁移"))

    def number_index(self):
        """Return the index by which the number is found."""
        number, _mark = id_text(self.cleaned_data["number"])
        return blind_index(upgrade(number) if len(number) == OLD_NUMBER else number)


class ExemptionForm(forms.Form):
    """Why a member need not join with the household, and the paper that shows it."""

    person = forms.TypedChoiceField(label=_("成员"), coerce=int)
    code = forms.TypedChoiceField(
        label=_("情形"), coerce=int, choices=HouseholdExemption.Code.choices
    )
    evidence = forms.CharField(label=_("证明材料"), max_length=120)
    evidence_on = forms.DateField(
        label=_("材料日期"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people


class PlaceForm(forms.Form):
    """Into which household and group people are put."""

    number = forms.CharField(label=_("户编号"), max_length=30, required=False)
    group = forms.ChoiceField(label=_("组"), required=False)

    def __init__(self, *args, groups, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [("", _("不改")), *groups]

    def clean(self):
        said = super().clean()
        if not said.get("number") and not said.get("group"):
            self.add_error("number", _("户编号和组至少填一项"))
        return said


class ConflictFilter(forms.Form):
    """Which conflicts are listed."""

    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *Conflict.State.choices]
    )
    subject = forms.ChoiceField(
        label=_("冲突"),
        required=False,
        choices=[("", _("全部")), *((one.value, one.label) for one in EXCLUSIONS)],
    )
