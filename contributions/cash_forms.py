"""The shape of what people send about villages' cash: a receipt, a remittance, the limit."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from contributions.cash_owed import STANDINGS
from contributions.models import CashReceipt, CashRemittance, Collector
from pension_portal.clock import today

LONGEST_LIMIT = 365
DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


def clean_past(day, words):
    """Return a day, refusing one that is still to come."""
    if day > today():
        raise forms.ValidationError(words)
    return day


class ReceiptForm(forms.ModelForm):
    """Who of a household pays how much, in cash, to whom and when."""

    class Meta:
        model = CashReceipt
        fields = ["payer_name", "received_on", "collector"]

    received_on = forms.DateField(label=_("收款日期"), **DAY)
    collector = forms.ModelChoiceField(
        Collector.objects.none(),
        label=_("代收人"),
        error_messages={
            "required": _("没有选代收人；本村还没有的，请镇经办在「责任人」里登记。"),
        },
    )

    def __init__(self, *args, people, tiers, suggested, collectors, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = people
        self.fields["collector"].queryset = collectors
        choices = [("", _("不收")), *((f"{tier:f}", f"{tier:,.0f}") for tier in tiers)]
        for person in people:
            self.fields[f"tier_{person.pk}"] = forms.ChoiceField(
                label=person.name,
                required=False,
                choices=choices,
                initial=suggested.get(person.pk, ""),
            )

    def clean_received_on(self):
        return clean_past(
            self.cleaned_data["received_on"], _("收款日期不能晚于今天，改成收款当天。")
        )

    def lines(self):
        """Give each person with the bound field of their tier."""
        return [(person, self[f"tier_{person.pk}"]) for person in self.people]

    def amounts(self):
        """Return {resident: yuan} of who pays."""
        chosen = ((one, self.cleaned_data.get(f"tier_{one.pk}")) for one in self.people)
        return {person: Decimal(tier) for person, tier in chosen if tier}


class RemittanceForm(forms.ModelForm):
    """What was handed in: which receipts, where, when, by which voucher."""

    receipts = forms.ModelMultipleChoiceField(
        CashReceipt.objects.none(),
        error_messages={"required": _("还没有勾选收据，勾选后再登记上解。")},
    )
    remitted_on = forms.DateField(label=_("上解日期"), **DAY)

    class Meta:
        model = CashRemittance
        fields = ["remitted_on", "paid_to", "voucher"]

    def __init__(self, *args, receipts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["receipts"].queryset = receipts
        self.fields["paid_to"].choices = CashRemittance.PaidTo.choices
        self.fields["paid_to"].initial = CashRemittance.PaidTo.BANK

    def clean_remitted_on(self):
        words = _("上解日期不能晚于今天，交款后再登记。")
        return clean_past(self.cleaned_data["remitted_on"], words)

    def clean_voucher(self):
        return "".join(self.cleaned_data["voucher"].split())


class VoidForm(forms.Form):
    """Why a receipt is voided."""

    reason = forms.CharField(
        label=_("作废原因"),
        max_length=200,
        error_messages={"required": _("作废要写明原因，例如「金额开错」，写好后再作废。")},
    )


class ReceiptFilter(forms.Form):
    """Which receipts to list; every field may be empty."""

    standing = forms.ChoiceField(label=_("进度"), required=False, choices=STANDINGS)
    collector = forms.ModelChoiceField(
        Collector.objects.none(), label=_("代收人"), required=False, empty_label=_("全部")
    )
    year = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=2009)

    def __init__(self, *args, collectors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["collector"].queryset = collectors

    def chosen(self):
        """Return what to list; a field that cannot be read counts as left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class LimitForm(forms.Form):
    """After how many days cash is overdue."""

    days = forms.IntegerField(
        label=_("下欠期限（天）"),
        min_value=0,
        max_value=LONGEST_LIMIT,
        error_messages={"invalid": _("天数填 0 到 365 的整数。")},
    )
