"""The forms of the policy pages: a file or its corrected text, the reason of a withdrawal."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from policies.reading import LARGEST_FILE

TEXT_ROWS = 24
LONGEST_REASON = 200


class PolicyFileForm(forms.Form):
    """One policy as a file or as text; checked for size here and for sense by the loader."""

    # A browser must not insist on a file where the text is sent.
    use_required_attribute = False

    file = forms.FileField(
        label=_("政策文件"),
        help_text=_("一个险种一个年度一份，.yaml，不超过 100 KB"),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
        error_messages={
            "required": _("没有选文件，先选一份政策文件"),
            "empty": _("文件是空的，换一份再录入"),
        },
    )
    text = forms.CharField(
        label=_("政策文字"),
        required=False,
        strip=False,
        help_text=_("有错时文字留在这里，改好再检查；也可以直接贴入。选了文件时以文件为准"),
        widget=forms.Textarea(attrs={"rows": TEXT_ROWS, "spellcheck": "false", "wrap": "off"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.data.get("text", "").strip()

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError(_("超过 100 KB，只放一个险种一个年度的政策"))
        return file

    def raw(self):
        """Return the bytes to load: those of the file, to the byte, or the text as sent."""
        if self.cleaned_data["file"]:
            return self.cleaned_data["file"].read()
        # A browser sends every line end of a text area as CR LF.
        return self.cleaned_data["text"].replace("\r\n", "\n").encode()


class WithdrawalForm(forms.Form):
    """Why a published version is taken out of force."""

    reason = forms.CharField(
        label=_("撤回原因"),
        max_length=LONGEST_REASON,
        help_text=_("写明哪里不对、依据什么文件；会记入操作日志，也显示在这一版上"),
        error_messages={"required": _("没有写撤回原因。写明原因再撤回")},
    )


class SwitchForm(forms.Form):
    """Which optional scheme to begin or end following, for which year, and why."""

    change = forms.TypedChoiceField(
        label=_("变更"),
        coerce=lambda text: tuple(map(int, text.split("-"))),
        error_messages={"required": _("没有选险种和年度，选好再提出")},
    )
    why = forms.CharField(
        label=_("变更理由"),
        max_length=LONGEST_REASON,
        error_messages={"required": _("没有写变更理由，写明再提出")},
    )

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        words = {True: _("停办 %(year)s 年%(scheme)s"), False: _("开办 %(year)s 年%(scheme)s")}
        self.fields["change"].choices = [
            (
                f"{line['scheme'].pk}-{line['year']}-{int(not line['is_on'])}",
                words[line["is_on"]]
                % {"year": line["year"], "scheme": gettext(line["scheme"].short_name)},
            )
            for line in lines
        ]

    def clean_change(self):
        """Return (scheme, year, whether it is to be on)."""
        scheme, year, is_on = self.cleaned_data["change"]
        return scheme, year, bool(is_on)


class SwitchReturnForm(forms.Form):
    """Why a proposal is sent back."""

    reason = forms.CharField(label=_("退回原因"), max_length=LONGEST_REASON)
