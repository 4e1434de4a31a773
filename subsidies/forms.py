"""What one may ask of the lists of subsidies."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contributions.forms import SCHEMES
from pension_portal.clock import today
from policies.switching import offer_schemes
from subsidies.affected import HOW, payer_name
from subsidies.claiming import earliest_until
from subsidies.models import ClaimArrival, ProxyLine, ProxyRoster, SubsidyClaim

EARLIEST_YEAR = 2009


def _scheme_field(**kwargs):
    return forms.TypedChoiceField(label=_("险种"), coerce=int, choices=SCHEMES, **kwargs)


def _year_field(**kwargs):
    limits = {"min_value": EARLIEST_YEAR, "max_value": 2100}
    return forms.IntegerField(label=_("缴费年度"), **limits | kwargs)


class AffectedFilter(forms.Form):
    """Which of the people affected to list."""

    town = forms.ChoiceField(label=_("乡镇"), required=False)
    how = forms.ChoiceField(
        label=_("变化"), required=False, choices=[("", _("全部")), *HOW.items()]
    )
    tier = forms.DecimalField(label=_("缴费档次（元）"), required=False, decimal_places=2)

    def __init__(self, *args, towns, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["town"].choices = [("", _("全部")), *towns]

    def chosen(self):
        """Return what to list; a field that cannot be read counts as left out."""
        self.is_valid()
        return {"town": "", "how": "", "tier": None} | self.cleaned_data


class MatrixFilter(forms.Form):
    """Which scheme, year and town the matrix is of, and which tier a list of persons."""

    year = _year_field(required=False)
    scheme = _scheme_field(required=False)
    town = forms.ChoiceField(label=_("乡镇"), required=False)

    def __init__(self, *args, towns, county_code=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["town"].choices = [("", _("全部")), *towns]
        if county_code:
            offer_schemes(self.fields["scheme"], county_code)

    def chosen(self):
        """Return scheme_id, year and town; what cannot be read is this year's basic scheme."""
        self.is_valid()
        said = self.cleaned_data
        return {
            "scheme_id": said.get("scheme") or SCHEMES[0][0],
            "year": said.get("year") or today().year,
            "town": said.get("town", ""),
        }


class PeopleFilter(MatrixFilter):
    """Which persons of the matrix or of a claim to list."""

    tier = forms.DecimalField(label=_("缴费档次（元）"), required=False, decimal_places=2)

    def chosen(self):
        return super().chosen() | {"tier": self.cleaned_data.get("tier")}


class ClaimForm(forms.ModelForm):
    """For which year, up to which payments, and how much of it is asked for."""

    scheme_id = _scheme_field()

    class Meta:
        model = SubsidyClaim
        fields = ["scheme_id", "year", "kind", "until", "percent", "document_no"]
        widgets = {"until": forms.DateInput(attrs={"type": "date"})}
        help_texts = {
            "until": _("只列缴款日期不晚于这一天的缴费；以后的进下一份。"),
            "percent": _("预拨可以只申请一部分，其余结转到下一份；清算申请全部。"),
        }

    def __init__(self, *args, county_code, **kwargs):
        super().__init__(*args, **kwargs)
        self.county_code = county_code
        offer_schemes(self.fields["scheme_id"], county_code)

    def clean_year(self):
        year = self.cleaned_data["year"]
        if not EARLIEST_YEAR <= year <= today().year:
            raise forms.ValidationError(
                _("缴费年度应在 %(first)d 至 %(last)d 之间。")
                % {"first": EARLIEST_YEAR, "last": today().year}
            )
        return year

    def clean_percent(self):
        percent = self.cleaned_data["percent"]
        if not 0 < percent <= 100:
            raise forms.ValidationError(_("申请比例应大于 0、不超过 100，例如 80。"))
        return percent

    def clean(self):
        said = super().clean()
        if said.get("kind") == SubsidyClaim.Kind.SETTLEMENT:
            said["percent"] = 100
        until = said.get("until")
        if until and "year" in said:
            last = earliest_until(self.county_code, said.get("scheme_id"), said["year"])
            if last and until < last:
                words = _("上一份申请列到 %(day)s，这一份不能比它早。") % {"day": last}
                self.add_error("until", words)
        return said


class ArrivalForm(forms.ModelForm):
    """What came in from one payer, and when."""

    class Meta:
        model = ClaimArrival
        fields = ["payer", "amount", "arrived_on", "note"]
        widgets = {"arrived_on": forms.DateInput(attrs={"type": "date"})}
        help_texts = {"amount": _("元；登记错了，再登记一笔负数。")}

    def __init__(self, *args, payers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["payer"] = forms.ChoiceField(
            label=_("承担方"),
            required="" not in payers,
            choices=[(code, payer_name(code)) for code in payers],
        )

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(_("到账金额不能是 0，按进账单填写。"))
        return amount

    def clean_arrived_on(self):
        day = self.cleaned_data["arrived_on"]
        if day > today():
            raise forms.ValidationError(_("到账日期不能晚于今天，到账后再登记。"))
        return day


class RosterForm(forms.ModelForm):
    """For which year, and as of which day identities count."""

    scheme_id = _scheme_field()

    class Meta:
        model = ProxyRoster
        fields = ["scheme_id", "year", "as_of", "document_no"]
        widgets = {"as_of": forms.DateInput(attrs={"type": "date"})}
        help_texts = {"as_of": _("这一天及以前认定、当年有效的身份列入名册。")}

    def __init__(self, *args, county_code, **kwargs):
        super().__init__(*args, **kwargs)
        offer_schemes(self.fields["scheme_id"], county_code)

    def clean_year(self):
        year = self.cleaned_data["year"]
        if not EARLIEST_YEAR <= year <= today().year + 1:
            raise forms.ValidationError(
                _("缴费年度应在 %(first)d 至 %(last)d 之间。")
                % {"first": EARLIEST_YEAR, "last": today().year + 1}
            )
        return year


class RosterPaymentForm(forms.Form):
    """On which day the money for a roster was paid."""

    paid_on = forms.DateField(label=_("拨付日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_paid_on(self):
        day = self.cleaned_data["paid_on"]
        if day > today():
            raise forms.ValidationError(_("拨付日期不能晚于今天，拨付后再登记。"))
        return day


class RosterFilter(forms.Form):
    """Which people of a roster to list."""

    TO_PAY, LEFT_OUT, BOTH, SINCE = "to_pay", "left_out", "both", "since"

    town = forms.ChoiceField(label=_("乡镇"), required=False)
    which = forms.ChoiceField(
        label=_("哪些人"),
        required=False,
        choices=[
            ("", _("全部")),
            (TO_PAY, _("应代缴")),
            (BOTH, _("本人也缴了费")),
            (SINCE, _("定稿后本人缴了费")),
            (LEFT_OUT, _("已剔除")),
            *ProxyLine.Held.choices,
            *((f"unpaid_{code}", words) for code, words in ProxyLine.Unpaid.choices),
        ],
    )

    def __init__(self, *args, towns, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["town"].choices = [("", _("全部")), *towns]

    def narrow(self, lines, since):
        """Return the lines that were asked for; a field that cannot be read counts as left out.

        `since` are the residents who have paid themselves since the roster was drawn up.
        """
        self.is_valid()
        town, which = self.cleaned_data.get("town"), self.cleaned_data.get("which")
        if town:
            lines = lines.inside(town)
        if which == self.TO_PAY:
            return lines.to_pay()
        if which == self.LEFT_OUT:
            return lines.exclude(left_out_because="")
        if which == self.BOTH:
            return lines.filter(own_paid__gt=0)
        if which == self.SINCE:
            return lines.filter(resident_id__in=since)
        if which.startswith("unpaid_"):
            return lines.filter(unpaid_because=which.removeprefix("unpaid_"))
        return lines.filter(held=which) if which else lines
