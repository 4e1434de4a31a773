"""The form of one registration (参保登记表), as a keyboard fills it: one page, one person."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrollment.models import Paper, Resident
from enrollment.pinyin import read
from enrollment.registering import Newcomer, open_tiers
from pension_portal.cells import id_text, names
from pension_portal.clock import today
from pension_portal.identity import (
    IdFault,
    birth_certificate,
    check_id_number,
    is_birth_certificate,
)
from policies.models import PolicyVersion, Scheme
from policies.schemes import GUARDIAN, RESIDENCE, SCHOOL, TRAITS
from policies.switching import followed_schemes
from townships.models import Area

BASIC = 1
NOT_JOINING, WITHOUT_TIER = "", "0"
RELATIONS = ("配偶", "子女", "父母", "监护人", "户主", "村协办员", "其他")
OF_A_PROOF = {RESIDENCE: ["residence_proof"], SCHOOL: ["school"], GUARDIAN: ["born_on", "sex"]}

_PHONE = re.compile(r"(?:\+?86)?([0-9]{7,12})")


def _text(label, *, most=60, needed="", **attributes):
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **attributes})
    return forms.CharField(
        label=label,
        max_length=most,
        required=bool(needed),
        widget=widget,
        error_messages={"required": needed} if needed else {},
    )


class RegistrationForm(forms.Form):
    """What the desk asks of a newcomer; `newcomer()` gives it to the deed."""

    id_number = _text(
        _("证件号码"), most=30, needed=_("没有证件号码，对照身份证填 18 位"), inputmode="text"
    )
    name = _text(_("姓名"), needed=_("没有姓名，对照证件填写"))
    village = forms.CharField(
        label=_("村（社区）"),
        widget=forms.HiddenInput,
        error_messages={"required": _("没有选村，写村名或首字母后按回车")},
    )
    phone = _text(
        _("联系电话"),
        most=20,
        needed=_("没有联系电话，本人没有的填家人或代办人的"),
        inputmode="tel",
    )
    household_number = _text(_("户编号"), most=30)
    hukou = forms.ChoiceField(label=_("户籍"), choices=Resident.Hukou, initial="local")
    other_cover = forms.ChoiceField(
        label=_("其他参保情况"), choices=Resident.OtherCover, required=False
    )
    shown = forms.ChoiceField(label=_("已核验原件"), choices=Paper.Kind, initial="id_card")
    helper_name = _text(_("代办人"))
    helper_relation = forms.ChoiceField(
        label=_("与本人关系"),
        required=False,
        choices=[("", "--"), *((word, _(word)) for word in RELATIONS)],
    )
    helper_phone = _text(_("代办人电话"), most=20, inputmode="tel")
    waived_reason = _text(_("核实情况"), most=200)
    # Asked where a scheme that the county follows takes people in on them.
    born_on = forms.DateField(
        label=_("出生日期（出生证）"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    sex = forms.ChoiceField(
        label=_("性别（出生证）"), required=False, choices=[("", "--"), *Resident.Sex.choices]
    )
    residence_proof = _text(_("居住证明"))
    school = _text(_("就读学校"))

    def __init__(self, *args, staff, **kwargs):
        super().__init__(*args, **kwargs)
        self.staff = staff
        self.villages = villages_of(staff)
        self.schemes = list(schemes_to_join(staff.area_code[:6]))
        for scheme in self.schemes:
            tiers = open_tiers(staff.area_code[:6], scheme.pk)
            self.fields[f"tier_{scheme.pk}"] = _tier_field(scheme, tiers)

        asked = {proof for scheme in self.schemes for proof in TRAITS[scheme.pk].proofs}
        self.proof_names = [
            name for proof in OF_A_PROOF if proof in asked for name in OF_A_PROOF[proof]
        ]
        for proof, names_of_fields in OF_A_PROOF.items():
            if proof not in asked:
                for name in names_of_fields:
                    del self.fields[name]

    @property
    def proof_fields(self):
        return [self[name] for name in self.proof_names]

    @property
    def tier_fields(self):
        return [self[f"tier_{scheme.pk}"] for scheme in self.schemes]

    @property
    def village_text(self):
        """The name of the village that is chosen; '' for none."""
        return next((v["name"] for v in self.villages if v["code"] == self["village"].value()), "")

    def clean_id_number(self):
        text, mark = id_text(self.cleaned_data["id_number"])
        if "born_on" in self.fields and is_birth_certificate(text):
            return self._newborn(text)
        found = check_id_number(text, today(), mark)
        if isinstance(found, IdFault):
            raise forms.ValidationError(str(found.sentence), code=found.code)
        return found

    def _newborn(self, text):
        """Return the number of a birth certificate with what the form says beside it."""
        born_on = self.fields["born_on"].clean(self.data.get("born_on"))
        sex = self.data.get("sex")
        if born_on is None or sex not in Resident.Sex.values:
            raise forms.ValidationError(_("出生证号看不出出生日期和性别，在下面填上"))
        if born_on > today():
            raise forms.ValidationError(_("出生日期还没有到，核对后改正"))
        return birth_certificate(text, born_on, sex)

    def clean_name(self):
        return names([self.cleaned_data["name"]])[0]

    def clean_village(self):
        code = self.cleaned_data["village"]
        if code not in {village["code"] for village in self.villages}:
            raise forms.ValidationError(_("这个村不在本岗位的地区内，重新选村"))
        return code

    def clean_phone(self):
        return _phone(self.cleaned_data["phone"])

    def clean_helper_phone(self):
        phone = self.cleaned_data["helper_phone"]
        return _phone(phone) if phone else ""

    def clean(self):
        if not any(self.cleaned_data.get(f"tier_{scheme.pk}") for scheme in self.schemes):
            self.add_error(f"tier_{BASIC}", gettext("没有选险种，至少参加一项"))
        return self.cleaned_data

    def newcomer(self, *, starts_household=False):
        """Return the Newcomer that the form describes; while it is typed, as far as it is."""

        def said(name):
            return self.cleaned_data.get(name) or ""

        return Newcomer(
            number=self.cleaned_data["id_number"],
            name=said("name"),
            village_code=said("village"),
            phone=said("phone"),
            household_number=said("household_number"),
            starts_household=starts_household,
            tiers={
                scheme.pk: None if tier == WITHOUT_TIER else Decimal(tier)
                for scheme in self.schemes
                if (tier := said(f"tier_{scheme.pk}"))
            },
            hukou=said("hukou") or Resident.Hukou.LOCAL,
            other_cover=said("other_cover"),
            helper={
                "helper_name": said("helper_name"),
                "helper_relation": said("helper_relation"),
                "helper_phone": said("helper_phone") or None,
            },
            waived_reason=said("waived_reason"),
            residence_proof=said("residence_proof"),
            school=said("school"),
        )


def _phone(text):
    found = _PHONE.fullmatch(id_text(text)[0].replace("-", ""))
    if not found:
        raise forms.ValidationError(_("电话应为 7 至 12 位数字，应核对位数"))
    return found[1]


def _tier_field(scheme, tiers):
    """Return the choice of one scheme: not joining, or one of its tiers; basic joins at the lowest
    unless somebody says otherwise.
    """
    choices = [(f"{tier:.0f}", f"{tier:.0f}") for tier in tiers]
    choices = choices or [(WITHOUT_TIER, _("参加，档次待定"))]
    field = forms.ChoiceField(
        label=gettext(scheme.short_name),
        required=False,
        choices=[*choices, (NOT_JOINING, _("不参加"))],
        initial=choices[0][0] if scheme.pk == BASIC else NOT_JOINING,
    )
    field.widget.attrs["data-judged"] = ""
    return field


def schemes_to_join(county_code):
    """Return the schemes somebody may join in a county: basic, and those it has published and
    follows.
    """
    published = PolicyVersion.objects.filter(county_code=county_code, status="published")
    followed = set(followed_schemes(county_code))
    ruled = {BASIC, *published.values_list("scheme_id", flat=True)}
    return Scheme.objects.filter(pk__in=followed & ruled).order_by("pk")


def villages_of(staff):
    """Return the villages of somebody's area that exist today, as the page needs them."""
    areas = Area.objects.visible_to(staff).villages().in_force_on(today())
    return [
        {"code": code, "name": name, "town": town, "initials": initials, "pinyin": pinyin}
        for code, name, town in areas.order_by("parent__position", "position", "code").values_list(
            "code", "name", "parent__name"
        )
        for initials, _other, pinyin in [read(name)]
    ]
