"""What the pages of the registry ask for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.pasted import numbers_in
from enrollment.revealing import REASONS, SECRETS
from townships.models import Area


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
    area = forms.ChoiceField(label=_("地区"), required=False)

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
