"""What one may ask of the lists of subsidies."""

from django import forms
from django.utils.translation import gettext_lazy as _

from subsidies.affected import HOW


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
