"""The shape of what people send about accounts: terms of interest, settlements, moves."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from benefits.models import AccountMove, InterestTerms, Settlement, Source
from contributions.forms import PENSIONS
from pension_portal.clock import today

EARLIEST_YEAR = 2009


def _scheme_field():
    return forms.TypedChoiceField(label=_("险种"), coerce=int, choices=PENSIONS)


class InterestTermsForm(forms.ModelForm):
    """The rate of a year as the province announced it."""

    scheme_id = _scheme_field()

    class Meta:
        model = InterestTerms
        fields = ["scheme_id", "year", "rate", "date_basis", "starts", "rounding", "document_no"]

    def clean_year(self):
        year = self.cleaned_data["year"]
        if not EARLIEST_YEAR <= year <= today().year:
            raise forms.ValidationError(
                _("计息年度应在 %(first)d 至 %(last)d 之间，按公布文件填写。")
                % {"first": EARLIEST_YEAR, "last": today().year}
            )
        return year

    def clean_rate(self):
        rate = self.cleaned_data["rate"]
        if not 0 <= rate < Decimal(20):
            raise forms.ValidationError(_("年利率按百分数填写，例如 3.59，应在 0 至 20 之间。"))
        return rate


class SettlementForm(forms.ModelForm):
    """Why an account is paid out, as of which day, and to whom."""

    scheme_id = _scheme_field()
    payee_account = forms.CharField(label=_("收款账号"), max_length=30, required=False)

    class Meta:
        model = Settlement
        fields = [
            *("scheme_id", "reason", "settled_on", "overlap_year", "overlap_months"),
            *("payee_name", "payee_relation", "payee_bank"),
        ]
        widgets = {"settled_on": forms.DateInput(attrs={"type": "date"})}
        help_texts = {
            "settled_on": _("利息算到这一天所在月份的月底。"),
            "overlap_year": _("只在重复缴费时填写。"),
            "overlap_months": _("两边都缴了费的月数，1 至 12。"),
        }

    def clean_settled_on(self):
        day = self.cleaned_data["settled_on"]
        if day > today():
            raise forms.ValidationError(_("清算日期不能晚于今天，应填死亡、转出等发生的日期。"))
        return day

    def clean_payee_account(self):
        digits = self.cleaned_data["payee_account"].replace(" ", "")
        if digits and not (digits.isdecimal() and 12 <= len(digits) <= 22):
            raise forms.ValidationError(_("收款账号应是 12 至 22 位数字，核对存折或社保卡。"))
        return digits or None

    def clean(self):
        said = super().clean()
        self.instance.payee_account = said.get("payee_account")
        is_overlap = said.get("reason") == Settlement.Reason.OVERLAP
        if is_overlap:
            self._want(said, "overlap_year", _("重复缴费要填重复的年度。"))
            self._want(said, "overlap_months", _("重复缴费要填两边都缴了费的月数。"))
            months = said.get("overlap_months")
            if months is not None and not 1 <= months <= 12:
                self.add_error("overlap_months", _("重复月数应在 1 至 12 之间。"))
        else:
            said["overlap_year"] = said["overlap_months"] = None
        if said.get("reason") == Settlement.Reason.DEATH:
            self._want(said, "payee_name", _("死亡清算要填领取余额的继承人。"))
            self._want(said, "payee_relation", _("继承人与本人的关系没有填。"))
        return said

    def _want(self, said, name, words):
        if said.get(name) in (None, "") and name not in self.errors:
            self.add_error(name, words)


class MoveForm(forms.ModelForm):
    """From where somebody's account is to come."""

    scheme_id = _scheme_field()

    class Meta:
        model = AccountMove
        fields = ["scheme_id", "from_place", "asked_on"]
        widgets = {"asked_on": forms.DateInput(attrs={"type": "date"})}


class MoveProgressForm(forms.ModelForm):
    """How far a move has come, and what arrived by source."""

    class Meta:
        model = AccountMove
        fields = ["letter_on", "answered_on", "received_on", "years_paid"]
        widgets = {
            name: forms.DateInput(attrs={"type": "date"})
            for name in ("letter_on", "answered_on", "received_on")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = {one.source: one.amount for one in self.instance.sums.all()}
        for source, words in Source.choices:
            self.fields[f"sum_{source}"] = forms.DecimalField(
                label=words,
                min_value=0,
                max_digits=12,
                decimal_places=2,
                required=False,
                initial=known.get(source),
                help_text=_("元，含利息") if source == Source.OWN else "",
            )

    def clean(self):
        said = super().clean()
        days = [said.get(name) for name in ("letter_on", "answered_on", "received_on")]
        known = [day for day in (self.instance.asked_on, *days) if day]
        if known != sorted(known):
            self.add_error(None, _("日期前后颠倒：应依次是申请、发函、原地转出、到账。"))
        return said

    @property
    def days(self):
        names = ("letter_on", "answered_on", "received_on")
        return {name: self.cleaned_data[name] for name in names}

    @property
    def sums(self):
        """What arrived: source → yuan."""
        return {
            source: self.cleaned_data[f"sum_{source}"]
            for source in Source.values
            if self.cleaned_data[f"sum_{source}"]
        }


class PaymentForm(forms.Form):
    """On which day the fund paid."""

    paid_on = forms.DateField(label=_("支付日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_paid_on(self):
        day = self.cleaned_data["paid_on"]
        if day > today():
            raise forms.ValidationError(_("支付日期不能晚于今天，支付后再登记。"))
        return day
