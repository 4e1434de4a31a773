"""The shape of what people send about collective aid and donations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contributions.forms import PENSIONS
from pension_portal.clock import today
from subsidies.models import AID_SOURCES, AidList


class AidForm(forms.ModelForm):
    """Who pays, for which scheme and year, by which voucher; the list as a file, or entered."""

    source = forms.ChoiceField(label=_("资金来源"), choices=AID_SOURCES)
    payer_kind = forms.ChoiceField(label=_("出资方类别"), choices=AidList.PayerKind)
    scheme_id = forms.TypedChoiceField(label=_("险种"), coerce=int, choices=PENSIONS)
    paid_on = forms.DateField(
        label=_("到账日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    file = forms.FileField(
        label=_("名单文件"),
        required=False,
        help_text=_("有姓名、证件号码、金额三列，列名不同的读入时再认；不选文件则逐人录入。"),
    )

    class Meta:
        model = AidList
        fields = [
            *("source", "payer_kind", "payer_name", "scheme_id", "year", "paid_on", "voucher"),
        ]

    def clean_paid_on(self):
        day = self.cleaned_data["paid_on"]
        if day > today():
            raise forms.ValidationError(_("到账日期不能晚于今天，钱到后再登记。"))
        return day


class AidLineForm(forms.Form):
    """One person, entered by hand."""

    name = forms.CharField(label=_("姓名"), max_length=80)
    number = forms.CharField(label=_("证件号码"), max_length=20)
    amount = forms.DecimalField(label=_("金额（元）"), min_value=0, max_digits=10, decimal_places=2)


class AidReversalForm(forms.Form):
    """Why a list is taken back."""

    reason = forms.CharField(
        label=_("冲正原因"),
        max_length=200,
        error_messages={"required": _("冲正要写明原因，例如「名单送错」，写好后再提交。")},
    )
