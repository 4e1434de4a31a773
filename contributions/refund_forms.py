"""The shape of what people send about refunds and reversals: to whom, why, what came of it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contributions.models import RefundLine, RefundRequest
from pension_portal.clock import today

SHORTEST_ACCOUNT, LONGEST_ACCOUNT = 12, 22


class PayeeForm(forms.ModelForm):
    """To whom the money of a refund goes."""

    payee_account = forms.CharField(label=_("收款账号"), max_length=30, required=False)

    class Meta:
        model = RefundRequest
        fields = ["payee_name", "payee_bank", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        account = self.fields["payee_account"]
        account.initial = self.instance.payee_account
        account.required = self.needs_account
        account.error_messages["required"] = _("收款账号没有填，基金按它付款。")
        self.order_fields(["cause", "payee_name", "payee_account", "payee_bank", "note"])

    @property
    def needs_account(self):
        return self.instance.payer != RefundRequest.Payer.TREASURY

    def clean_payee_account(self):
        digits = self.cleaned_data["payee_account"].replace(" ", "")
        lasts = SHORTEST_ACCOUNT <= len(digits) <= LONGEST_ACCOUNT
        if digits and not (digits.isdecimal() and lasts):
            raise forms.ValidationError(_("收款账号应是 12 至 22 位数字，核对存折或社保卡。"))
        return digits or None

    def clean(self):
        said = super().clean()
        self.instance.payee_account = said.get("payee_account")
        return said


class RefundForm(PayeeForm):
    """Why a posted payment should go back, and to whom."""

    class Meta(PayeeForm.Meta):
        fields = ["cause", *PayeeForm.Meta.fields]

    def __init__(self, *args, transfer=None, **kwargs):
        if transfer:
            kwargs["initial"] = {"payee_name": transfer.resident.name}
        super().__init__(*args, **kwargs)
        if transfer:
            self.fields["payee_account"].initial = transfer.resident.bank_account

    def clean(self):
        said = super().clean()
        is_death = said.get("cause") == RefundRequest.Cause.DEATH
        if is_death and not said.get("payee_name"):
            self.add_error("payee_name", _("缴费后死亡的，要填领取人。"))
        if said.get("cause") == RefundRequest.Cause.OTHER and not said.get("note"):
            self.add_error("note", _("原因是其他的，要写明情况。"))
        return said


class RefundFilter(forms.Form):
    """Which refunds to list; every field may be empty."""

    STANDINGS = [
        ("", _("全部")),
        ("open", _("审批中")),
        ("pending", _("待支付")),
        ("sent", _("已送出")),
        ("paid", _("已支付")),
        ("failed", _("支付失败")),
        ("written_off", _("已核销")),
        ("withdrawn", _("已撤回")),
    ]
    standing = forms.ChoiceField(label=_("进度"), required=False, choices=STANDINGS)
    payer = forms.ChoiceField(
        label=_("谁来退"), required=False, choices=[("", _("全部")), *RefundRequest.Payer.choices]
    )
    q = forms.CharField(label=_("姓名"), required=False, max_length=60)

    def narrow(self, found):
        """Return the refunds that were asked for; a field that cannot be read counts as empty."""
        self.is_valid()
        said = self.cleaned_data
        standings = {
            "open": lambda: found.open(),
            "pending": lambda: found.to_be_paid(),
            "sent": lambda: found.filter(lines__result=RefundLine.Result.SENT),
            "withdrawn": lambda: found.filter(state=RefundRequest.State.WITHDRAWN),
        }
        if standing := said.get("standing"):
            found = standings.get(standing, lambda: found.filter(payment=standing))()
        if said.get("payer"):
            found = found.filter(payer=said["payer"])
        if words := said.get("q", "").strip():
            found = found.filter(name__startswith=words)
        return found


class ResultForm(forms.Form):
    """What came of ticked lines of a batch."""

    lines = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={"required": _("还没有勾选退费，勾选后再登记。")},
    )
    paid_on = forms.DateField(label=_("支付日期"), required=False)
    reason = forms.CharField(label=_("失败原因"), required=False, max_length=200)

    def __init__(self, *args, line_ids, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lines"].choices = [(number, number) for number in line_ids]

    def clean_paid_on(self):
        day = self.cleaned_data["paid_on"]
        if day and day > today():
            raise forms.ValidationError(_("支付日期不能晚于今天，支付后再登记。"))
        return day or today()
