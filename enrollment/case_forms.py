"""What the pages of the cases ask for: one form, with the fields that its kind needs.

`parts()` turns what was filled in into what `cases.open_case` takes: {item: value} and the fields
of the case itself. A secret is never filled in beforehand: left empty, it stays as it is.
"""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment import case_items
from enrollment.case_kinds import KINDS, PAPERS, TERMINATION_REASONS, CaseKind
from enrollment.departments import identities_by_list
from enrollment.models import Case, Enrolment, Resident, SpecialIdentity
from enrollment.registering import open_tiers
from pension_portal.cells import id_text
from pension_portal.clock import today
from pension_portal.identity import IdFault, check_id_number
from pension_portal.money import yuan
from policies.schemes import SHORT_NAMES, TRAITS
from policies.switching import followed_schemes
from staff.forms import PlaceSelect
from townships.models import Area

SCHEMES = [(str(number), words) for number, words in SHORT_NAMES.items()]
NEWCOMER = (
    "id_number name village household phone bank_account hukou other_cover schemes tier_1 tier_2"
)
FIELDS = {
    CaseKind.CHANGE: "name phone bank_account household other_cover"
    " identity identity_from identity_to identity_grade",
    CaseKind.ID_CHANGE: "id_number name",
    CaseKind.SUSPENSION: "schemes reason_code happened_on",
    CaseKind.RESUMPTION: "schemes happened_on",
    CaseKind.TERMINATION: "schemes reason_code happened_on stopped_on",
    CaseKind.DEATH: "happened_on stopped_on",
    CaseKind.MOVE_WITHIN: "village household happened_on",
    CaseKind.MOVE_OUT: "other_place happened_on",
}
SETTLEMENT = [
    "balance_amount",
    "funeral_amount",
    "overpaid_amount",
    "double_amount",
    "payee_name",
    "payee_relation",
    "payee_bank",
    "payee_account",
]
ALWAYS = ["note", "helper_name", "helper_relation"]
OF_THE_CASE = [
    ["happened_on", "stopped_on", "other_place", "waived_reason"],
    SETTLEMENT,
    ALWAYS,
]
REQUIRED = {"schemes", "reason_code", "happened_on", "village", "other_place", "id_number"}
# In which state an enrolment must be for a kind of case, and in which it then is.
FROM_STATUS = {
    CaseKind.SUSPENSION: ("active", "drawing"),
    CaseKind.RESUMPTION: ("suspended",),
    CaseKind.TERMINATION: ("active", "suspended", "drawing"),
    CaseKind.DEATH: ("active", "suspended", "drawing"),
    CaseKind.MOVE_OUT: ("active", "suspended", "drawing"),
}


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def format_value(self, value):
        return value.isoformat() if hasattr(value, "isoformat") else value


def _text(label, most=60, **options):
    return forms.CharField(label=label, max_length=most, required=False, **options)


def _yuan(label):
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_digits=12, decimal_places=2
    )


def _tier(label):
    return forms.TypedChoiceField(
        label=label, required=False, coerce=Decimal, empty_value=None, choices=[]
    )


def _day(label):
    return forms.DateField(label=label, required=False, widget=DayInput())


def _all_fields():
    """Return every field a case may ask for, by name; each form keeps those of its kind."""
    return {
        "id_number": _text(_("证件号码"), 30),
        "name": _text(_("姓名")),
        "village": forms.ChoiceField(label=_("户籍地区"), required=False, widget=PlaceSelect),
        "household": _text(_("户编号"), 30),
        "phone": _text(_("联系电话"), 20),
        "bank_account": _text(_("银行账号"), 30),
        "hukou": forms.ChoiceField(label=_("户籍"), required=False, choices=Resident.Hukou.choices),
        "other_cover": forms.ChoiceField(
            label=_("其他参保情况"), required=False, choices=Resident.OtherCover.choices
        ),
        "schemes": forms.MultipleChoiceField(
            label=_("险种"), required=False, choices=SCHEMES, widget=forms.CheckboxSelectMultiple
        ),
        "tier_1": _tier(_("居民养老登记档次（元）")),
        "tier_2": _tier(_("补充养老登记档次（元）")),
        "identity": forms.ChoiceField(
            label=_("特殊身份"),
            required=False,
            choices=[("", _("不变")), *SpecialIdentity.Kind.choices],
        ),
        "identity_from": _day(_("身份起始日期")),
        "identity_to": _day(_("身份截止日期")),
        "identity_grade": forms.IntegerField(
            label=_("身份等级"), required=False, min_value=1, max_value=10
        ),
        "reason_code": forms.ChoiceField(label=_("原因"), required=False),
        "happened_on": _day(_("发生日期")),
        "stopped_on": _day(_("停发时间")),
        "other_place": _text(_("外县地区")),
        "balance_amount": _yuan(_("① 个人账户余额（元）")),
        "funeral_amount": _yuan(_("② 抚恤金、丧葬费（元）")),
        "overpaid_amount": _yuan(_("③ 死亡超期领取（元）")),
        "double_amount": _yuan(_("④ 重复领取（元）")),
        "payee_name": _text(_("收款人")),
        "payee_relation": _text(_("收款人与本人关系"), 20),
        "payee_bank": _text(_("开户银行")),
        "payee_account": _text(_("收款账号"), 30),
        "waived_reason": _text(_("核实情况"), 200),
        "note": _text(_("备注"), 200),
        "helper_name": _text(_("代办人")),
        "helper_relation": _text(_("与本人关系"), 20),
    }


class CaseForm(forms.Form):
    """One case of one kind about one person, or about a newcomer.

    The correction of a number that brings another name with it is of another kind (双改): `kind`
    says which it became.
    """

    def __init__(self, *args, kind, person, staff, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind, self.person, self.spec = CaseKind(kind), person, KINDS[kind]
        for name, field in _all_fields().items():
            if name in self._names():
                self.fields[name] = field
        self._fill_choices(staff)
        self._label_and_require()
        if person and not self.is_bound:
            self._show_what_is_known()

    def _names(self):
        if self.kind in FIELDS:
            names = FIELDS[self.kind].split()
        elif self.person:
            names = ["schemes", "tier_1", "tier_2", "happened_on"]
        else:
            names = [*NEWCOMER.split(), "happened_on"]
        if self.kind == CaseKind.MOVE_IN:
            names.append("other_place")
        elif self._joins():
            names.append("waived_reason")
        return {*names, *ALWAYS, *(SETTLEMENT if self.spec.has_settlement else [])}

    def _fill_choices(self, staff):
        if "identity" in self.fields:
            by_list = identities_by_list(staff.county_code)
            self.fields["identity"].choices = [
                one for one in self.fields["identity"].choices if one[0] not in by_list
            ]
        if "village" in self.fields:
            county = Area.objects.inside(staff.county_code or "0").in_force_on(today())
            self.fields["village"].choices = [
                ("", "--"),
                *_villages_by_town(county if self.person else county.inside(staff.area_code)),
            ]
        for number in SHORT_NAMES:
            if f"tier_{number}" in self.fields:
                tiers = open_tiers(staff.county_code, number)
                self.fields[f"tier_{number}"].choices = [
                    ("", "--"),
                    *((f"{amount:.2f}", yuan(amount)) for amount in tiers),
                ]
        if "reason_code" in self.fields:
            self.fields["reason_code"].choices = [("", "--"), *self.spec.reasons.items()]
        if "schemes" in self.fields:
            followed = followed_schemes(staff.county_code) if self._joins() else SHORT_NAMES
            self.fields["schemes"].choices = [one for one in SCHEMES if int(one[0]) in followed]
            if self.person:
                self._offer_the_schemes_it_can_be()

    def _offer_the_schemes_it_can_be(self):
        """Who joins is offered what they are not in; all else is about what they are in."""
        joins = self.kind not in FROM_STATUS
        statuses = FROM_STATUS.get(self.kind, FROM_STATUS[CaseKind.TERMINATION])
        enrolments = self.person.enrolments.filter(status__in=statuses)
        there = {str(number) for number in enrolments.values_list("scheme_id", flat=True)}
        field = self.fields["schemes"]
        field.choices = [one for one in field.choices if (one[0] in there) != joins]
        field.initial = [number for number, _words in field.choices]

    def _label_and_require(self):
        if self.spec.day_label and "happened_on" in self.fields:
            self.fields["happened_on"].label = self.spec.day_label
            self.fields["happened_on"].initial = today()
        if self.kind == CaseKind.DEATH:
            self.fields["happened_on"].initial = None
        required = REQUIRED | ({"name"} if not self.person else set())
        if self.kind == CaseKind.CHANGE:
            required = set()
        for name in required & self.fields.keys():
            field = self.fields[name]
            field.required = True
            field.error_messages["required"] = _("%(label)s没有填，补上再存") % {
                "label": field.label
            }

    def _show_what_is_known(self):
        for name in ["name", "household", "other_cover"]:
            if name in self.fields and self.kind in (CaseKind.CHANGE, CaseKind.ID_CHANGE):
                self.initial.setdefault(name, case_items.read(name, self.person))
        for name in ("id_number", "phone", "bank_account"):
            if name in self.fields:
                now = case_items.shown(name, case_items.read(name, self.person))
                self.fields[name].help_text = _("现为 %(now)s；不变就留空") % {"now": now}

    # --- What was filled in ------------------------------------------------------------------

    def clean_id_number(self):
        text = self.cleaned_data["id_number"]
        if not text:
            return ""
        number, mark = id_text(text)
        known = check_id_number(number, today(), mark)
        if isinstance(known, IdFault):
            raise forms.ValidationError(known.sentence)
        return known.text18

    def clean_happened_on(self):
        day = self.cleaned_data["happened_on"]
        if day and day > today():
            raise forms.ValidationError(_("日期晚于今天，应填已经发生的日期"))
        return day

    def clean(self):
        said = super().clean()
        if said.get("identity") and not (said.get("identity_from") or self._held(said)):
            self.add_error("identity_from", _("新认定的身份要填起始日期"))
        amounts = [said.get(name) for name in SETTLEMENT[:2]]
        if any(amounts) and not (said.get("payee_name") and said.get("payee_account")):
            self.add_error("payee_name", _("有支付金额时，收款人和收款账号都要填"))
        if self.kind == CaseKind.ID_CHANGE and self._changes_name(said):
            self.kind = CaseKind.NAME_AND_ID
        return said

    def _joins(self):
        return self.kind in (CaseKind.REGISTRATION, CaseKind.MOVE_IN)

    def _held(self, said):
        return self.person and case_items.read(f"identity_{said['identity']}", self.person)

    def _changes_name(self, said):
        return said.get("name") and said["name"] != self.person.name

    def parts(self):
        """Return (kind, {item: value}, {field of the case: value}) of a valid form."""
        said = self.cleaned_data
        fields = {
            name: said[name]
            for names in OF_THE_CASE
            for name in names
            if name in said and said[name] not in (None, "")
        }
        if "reason_code" in said:
            fields["reason_code"] = self._reason_code(said["reason_code"])
        elif self.kind == CaseKind.DEATH:
            fields["reason_code"] = self._prefix() + "01"
        elif self.kind == CaseKind.MOVE_OUT:
            fields["reason_code"] = "move_out"
        return self.kind, {**self._plain_items(said), **self._status_items(said)}, fields

    def _plain_items(self, said):
        texts = ["id_number", "name", "village", "household", "phone", "bank_account", "hukou"]
        after = {name: said[name] for name in texts if said.get(name)}
        if "other_cover" in said:
            after["other_cover"] = said["other_cover"]
        if said.get("identity"):
            after[f"identity_{said['identity']}"] = self._identity_value(said)
        if self.kind == CaseKind.CHANGE and said["note"]:
            after["other"] = said["note"]
        return after

    def _status_items(self, said):
        after = {f"status_{n}": status for n, status in self._statuses(said).items()}
        if self.kind == CaseKind.DEATH:
            after["life_status"] = Resident.LifeStatus.DEAD.value
        elif self.kind == CaseKind.MOVE_OUT:
            after["life_status"] = Resident.LifeStatus.MOVED.value
        elif self._joins() and self.person:
            after["life_status"] = Resident.LifeStatus.ALIVE.value
        for number in SHORT_NAMES:
            tier = said.get(f"tier_{number}")
            if tier is not None and (not self._joins() or str(number) in said["schemes"]):
                after[f"tier_{number}"] = f"{tier:.2f}"
        return after

    def _statuses(self, said):
        """Return {scheme: status} that the case brings about."""
        chosen = {int(number) for number in said.get("schemes", [])}
        if self._joins():
            return dict.fromkeys(sorted(chosen), Enrolment.Status.ACTIVE.value)
        if self.kind not in FROM_STATUS:
            return {}
        there = {
            e.scheme_id: e.status
            for e in self.person.enrolments.filter(status__in=FROM_STATUS[self.kind])
        }
        if self.kind in (CaseKind.DEATH, CaseKind.MOVE_OUT):
            chosen = set(there)
        if self.kind == CaseKind.TERMINATION:
            chosen |= {number for number in there if TRAITS[number].rests_on in chosen}
        if self.kind == CaseKind.SUSPENSION:
            return dict.fromkeys(sorted(chosen), Enrolment.Status.SUSPENDED.value)
        if self.kind == CaseKind.RESUMPTION:
            return {number: self._status_before_suspension(number) for number in sorted(chosen)}
        return dict.fromkeys(sorted(chosen & set(there)), Enrolment.Status.TERMINATED.value)

    def _status_before_suspension(self, number):
        """Return what an enrolment was before it was suspended, as the last such case says."""
        suspended = self.person.cases.filter(
            kind=CaseKind.SUSPENSION, state=Case.State.APPROVED, items__item=f"status_{number}"
        ).first()
        if suspended is None:
            return Enrolment.Status.ACTIVE.value
        return suspended.items.get(item=f"status_{number}").before

    def _identity_value(self, said):
        held = self._held(said) or "~/"
        days, _slash, grade = held.partition("/")
        since = said["identity_from"] or days.partition("~")[0]
        return f"{since}~{said['identity_to'] or ''}/{said['identity_grade'] or grade}"

    def _reason_code(self, code):
        return self._prefix() + code if code in TERMINATION_REASONS else code

    def _prefix(self):
        draws = self.person.enrolments.filter(status=Enrolment.Status.DRAWING).exists()
        return "14" if draws else "64"


def _villages_by_town(areas):
    towns = {}
    villages = areas.villages().select_related("parent").order_by("parent__position", "position")
    for village in villages:
        towns.setdefault(village.parent.name, []).append((village.code, village.name))
    return list(towns.items())


def initial_of(case):
    """Return what a form shows of a case that is edited: everything but the secrets."""
    initial = {name: getattr(case, name) for names in OF_THE_CASE for name in names}
    initial["reason_code"] = (
        case.reason_code[-2:] if case.kind == "termination" else case.reason_code
    )
    initial["schemes"] = []
    for item in case.all_items:
        what, _line, key = item.item.partition("_")
        if what == "status":
            initial["schemes"].append(key)
        elif what == "tier":
            initial[item.item] = item.after
        elif what == "identity":
            initial |= _identity_initial(key, item.after)
        elif item.item != "life_status":
            initial[item.item] = item.after or ""
    return initial


def _identity_initial(kind, value):
    days, _slash, grade = (value or "~/").partition("/")
    since, _wave, until = days.partition("~")
    return {
        "identity": kind,
        "identity_from": since,
        "identity_to": until,
        "identity_grade": grade,
    }


class PaperForm(forms.Form):
    """One paper: a picture or PDF of it, or where it was checked without one."""

    kind = forms.ChoiceField(label=_("材料"), choices=list(PAPERS.items()))
    file = forms.FileField(label=_("照片或 PDF"), required=False)
    source = forms.CharField(label=_("核验来源"), max_length=60, required=False)

    def clean(self):
        said = super().clean()
        if not said.get("file") and not said.get("source"):
            raise forms.ValidationError(_("选一个文件，或写明在哪里核验过"))
        return said


class CaseFilter(forms.Form):
    """Which cases to list; every field may be empty."""

    q = _text(_("姓名或编号"))
    show = forms.ChoiceField(
        label=_("范围"),
        required=False,
        choices=[
            ("", _("全部")),
            ("waiting", _("等我办")),
            ("mine", _("我经办的")),
            ("returned", _("已退回")),
            ("open", _("未办结")),
            ("done", _("已办结")),
        ],
    )
    kind = forms.ChoiceField(
        label=_("事项"), required=False, choices=[("", _("全部")), *CaseKind.choices]
    )
    town = forms.ChoiceField(label=_("乡镇"), required=False)
    month = forms.RegexField(
        r"^\d{4}-\d{2}$",
        label=_("月份"),
        required=False,
        widget=forms.TextInput(attrs={"type": "month"}),
    )

    def __init__(self, *args, staff, **kwargs):
        super().__init__(*args, **kwargs)
        towns = Area.objects.visible_to(staff).towns().values_list("code", "name")
        self.fields["town"].choices = [("", _("全部")), *towns]
        if len(towns) < 2:
            del self.fields["town"]
