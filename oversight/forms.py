"""Which figures a progress page is to show; what it is not told, it chooses itself."""

from django import forms
from django.utils.translation import gettext_lazy as _

from oversight.plans import BASIC_SCHEME
from pension_portal.clock import today


class ProgressFilter(forms.Form):
    """Scheme, year and day; the choices are the county's task plans, and this year at least."""

    scheme = forms.TypedChoiceField(label=_("险种"), coerce=int, required=False)
    year = forms.TypedChoiceField(label=_("年度"), coerce=int, required=False)
    day = forms.DateField(
        label=_("统计日"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args, plans, **kwargs):
        super().__init__(*args, **kwargs)
        schemes = {plan.scheme_id: plan.scheme_name for plan in plans}
        schemes.setdefault(BASIC_SCHEME, _("居民养老"))
        years = {today().year, *(plan.year for plan in plans)}
        self.fields["scheme"].choices = sorted(schemes.items())
        self.fields["year"].choices = [(year, year) for year in sorted(years, reverse=True)]

    def chosen(self):
        """Return {scheme, year, day}; what is missing or cannot be read is the basic scheme, this
        year, no day.
        """
        self.is_valid()
        given = getattr(self, "cleaned_data", {})
        return {
            "scheme": given.get("scheme") or BASIC_SCHEME,
            "year": given.get("year") or today().year,
            "day": given.get("day"),
        }
