"""The shape of what people send about the day's money: statements, a month, a holiday."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contributions.forms import PENSIONS, SCHEMES
from contributions.models import BankStatement, Transfer
from pension_portal.clock import today
from policies.models import PolicyVersion


class StatementForm(forms.Form):
    """A file of the bank or the treasury."""

    file = forms.FileField(
        label=_("对账单"),
        help_text=_("银行或国库的 .xlsx、.xls、.csv，按日合计或逐笔都可以，至少有日期和金额两列。"),
        error_messages={"required": _("还没有选文件，选好后再点上传。")},
    )
    source = forms.ChoiceField(label=_("来源"), choices=BankStatement.Source)


class MonthFilter(forms.Form):
    """Which month to lay out."""

    month = forms.DateField(
        label=_("月份"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )


class TransferFilter(forms.Form):
    """Which transfers of some days to list: by the day they arrived, scheme, source and channel."""

    first = forms.DateField(
        label=_("入库日期从"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=_("到"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    scheme = forms.TypedChoiceField(
        label=_("险种"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("全部")), *SCHEMES],
    )
    source = forms.ChoiceField(
        label=_("资金来源"),
        required=False,
        choices=[
            ("", _("全部")),
            ("collected", _("个人缴费和政府代缴")),
            *Transfer.Source.choices,
        ],
    )
    # Empty is a channel as well: the one that nobody wrote down.
    channel = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "channel" not in self.data:
            del self.fields["channel"]

    def chosen(self):
        """Return what `tying_out.transfers_of` takes; days that cannot be read are today's."""
        self.is_valid()
        said = self.cleaned_data
        first = said.get("first") or said.get("last") or today()
        return {
            "first": first,
            "last": said.get("last") or first,
            "scheme_id": said.get("scheme"),
            "source": said.get("source"),
            "channel": self.data.get("channel"),
        }


class CalendarDayForm(forms.Form):
    """One day that is not what its weekday says."""

    day = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}))
    is_working = forms.TypedChoiceField(
        label=_("安排"),
        choices=[("", _("放假")), ("1", _("上班"))],
        coerce=bool,
        required=False,
        empty_value=False,
    )
    words = forms.CharField(label=_("名称"), max_length=40, required=False)


class RoundForm(forms.Form):
    """For which scheme and year the bank is asked."""

    scheme = forms.TypedChoiceField(label=_("险种"), coerce=int, choices=PENSIONS)
    year = forms.TypedChoiceField(label=_("缴费年度"), coerce=int)

    def __init__(self, *args, staff, **kwargs):
        super().__init__(*args, **kwargs)
        published = PolicyVersion.objects.filter(county_code=staff.county_code, status="published")
        years = published.values_list("year", flat=True).distinct().order_by("-year")
        self.fields["year"].choices = [(year, year) for year in years]


class ReturnForm(forms.Form):
    """On which day the bank gave ticked lines back."""

    returned_on = forms.DateField(
        label=_("退回日期"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_returned_on(self):
        day = self.cleaned_data["returned_on"]
        if day > today():
            raise forms.ValidationError(_("退回日期不能晚于今天，退回后再登记。"))
        return day


class AnswerForm(forms.Form):
    """What the bank sent back."""

    file = forms.FileField(
        label=_("回盘文件"),
        help_text=_("银行返回的 .xlsx、.xls、.csv，有序号、金额、扣款结果，成功的有扣款日期。"),
        error_messages={"required": _("还没有选文件，选好后再点上传。")},
    )
