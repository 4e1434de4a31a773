"""The form that takes a policy file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from policies.reading import LARGEST_FILE


class PolicyFileForm(forms.Form):
    """One policy file, checked for size here and for sense by the loader."""

    file = forms.FileField(
        label=_("政策文件"),
        help_text=_("一个险种一个年度一份，.yaml，不超过 100 KB"),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
        error_messages={
            "required": _("没有选文件，先选一份政策文件"),
            "empty": _("文件是空的，换一份再录入"),
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("超过 100 KB，只放一个险种一个年度的政策"))
        return file
