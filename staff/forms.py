"""The shapes of what staff fill in: sign-in, passwords, accounts, duties, and the filters of the
lists.
"""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from pension_portal.clock import today
from staff.granting import latest_expiry
from staff.models import PEOPLES_DUTIES, SYSTEM_DUTIES, Staff, SystemAccess
from staff.models.systems import MOST_CALLS_A_MINUTE
from staff.navigation import initials
from staff.trail import ACTION_WORDS
from townships.models import Area


def day_field(label, **options):
    """Return a date field that shows the browser's calendar and writes 2021-03-31."""
    widget = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **options)


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("用户名与密码不符。连续 %(limit)s 次不符，账号锁定 15 分钟。"),
        "inactive": _("这个账号已停用。联系县级安全管理员启用。"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["username"].widget.attrs |= {"autocomplete": "username"}
        self.fields["username"].error_messages["required"] = _("填写用户名")
        self.fields["password"].label = _("密码")
        self.fields["password"].error_messages["required"] = _("填写密码")

    def get_invalid_login_error(self):
        return forms.ValidationError(
            self.error_messages["invalid_login"],
            code="invalid_login",
            params={"limit": settings.AXES_FAILURE_LIMIT},
        )


class ChangePasswordForm(SetPasswordForm):
    """One's own password: the present one, then the new one twice."""

    old_password = forms.CharField(
        label=_("现在的密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ["old_password", "new_password1", "new_password2"]
    error_messages = {"password_mismatch": _("两次填的新密码不一样，重新填第二次。")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = _("新密码")
        self.fields["new_password1"].help_text = _(
            "至少 12 个字符，不能全是数字，不能与姓名、用户名相近。"
        )
        self.fields["new_password2"].label = _("再填一次新密码")
        self.fields["new_password2"].help_text = ""

    def clean_old_password(self):
        if not self.user.check_password(self.cleaned_data["old_password"]):
            raise forms.ValidationError(_("与现在的密码不符，重新填写。"))
        return self.cleaned_data["old_password"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("new_password1") and cleaned.get("old_password") == cleaned["new_password1"]:
            self.add_error("new_password1", _("新密码与现在的相同，换一个。"))
        return cleaned


class AccountForm(forms.ModelForm):
    class Meta:
        model = Staff
        fields = ["name", "username", "phone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["username"].help_text = _("登录时用，建议姓名全拼，开户后不能修改。")
        self.fields["username"].error_messages = {
            "required": _("填写用户名"),
            "unique": _("这个用户名已有人用，加上数字再试。"),
            "invalid": _("用户名只能用字母、数字和 @ . + - _"),
        }
        self.fields["name"].error_messages = {"required": _("填写姓名")}
        self.fields["phone"].help_text = _("同一电话的账号算同一个人，不得兼任须分开的岗位。")


class PlaceSelect(forms.Select):
    """A list of places in which the first letters of a name find it: `lyc` is 刘郢村."""

    def __init__(self, attrs=None, choices=()):
        super().__init__({"data-by-letters": ""} | (attrs or {}), choices)

    def create_option(self, name, value, label, *args, **kwargs):
        option = super().create_option(name, value, label, *args, **kwargs)
        # Of a village its own name counts, not that of the town before it.
        own = str(label).rpartition(" / ")[2].strip()
        return option | {"attrs": option["attrs"] | {"data-letters": initials(own)}}


class AreaChoice(forms.ModelChoiceField):
    """An area by its code and full name; villages stand under their town."""

    widget = PlaceSelect

    def label_from_instance(self, area):
        if area.level == Area.Level.VILLAGE:
            return f"{area.parent.name} / {area.name}（{area.code}）"
        return f"{area.name}（{area.code}）"


class GrantForm(forms.Form):
    kind = forms.ChoiceField(label=_("岗位"), choices=PEOPLES_DUTIES)
    area = AreaChoice(
        label=_("负责区域"),
        queryset=Area.objects.none(),
        help_text=_("村协办员选村，乡镇岗位选乡镇街道，其余选县区。"),
        error_messages={"invalid_choice": _("选一个本人负责区域内的区划。")},
    )
    expires_on = day_field(
        _("到期日期"), help_text=_("当天有效，最长 12 个月。岗位和区域不变即为续期。")
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = (
            Area.objects.visible_to(by)
            .in_force_on(today())
            .filter(level__lt=Area.Level.GROUP)
            .select_related("parent")
            .order_by("code")
        )
        self.fields["expires_on"].initial = latest_expiry(today())


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("事由"), max_length=200, required=False)


class StaffFilterForm(forms.Form):
    """Filters of the list of staff; every field may stay empty."""

    STATES = [
        ("", _("全部")),
        ("in_force", _("在岗")),
        ("expiring", _("30 天内到期")),
        ("over", _("无岗或已到期")),
        ("unused", _("90 天未登录")),
        ("closed", _("已停用")),
    ]

    q = forms.CharField(label=_("姓名或用户名"), required=False)
    kind = forms.ChoiceField(
        label=_("岗位"), choices=[("", _("全部")), *PEOPLES_DUTIES], required=False
    )
    state = forms.ChoiceField(label=_("状态"), choices=STATES, required=False)


class TrailFilterForm(forms.Form):
    """Filters of the trail; every field may stay empty."""

    staff = forms.CharField(label=_("人员"), required=False)
    action = forms.ChoiceField(
        label=_("动作"),
        choices=[("", _("全部")), *sorted(ACTION_WORDS.items())],
        required=False,
    )
    subject = forms.CharField(label=_("对象编号"), required=False)
    since = day_field(_("从"), required=False)
    until = day_field(_("到"), required=False)


class ExportForm(forms.Form):
    """What a list is taken away for, and as what."""

    form = forms.ChoiceField(label=_("格式"))
    reason = forms.CharField(
        label=_("用途"),
        max_length=200,
        error_messages={"required": _("写明名单用在哪里")},
        help_text=_("记入导出登记，审计可查"),
    )

    def __init__(self, *args, can_be, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [(form.value, form.label) for form in can_be]


class HandOverForm(forms.Form):
    """When a list went to another office, and to whom."""

    day = day_field(_("移交日期"))
    to = forms.CharField(label=_("接收单位和接收人"), max_length=80)


class SystemAccessForm(forms.ModelForm):
    """Which system, of whom, what for; what it may see, where, until when and how fast."""

    area = AreaChoice(
        label=_("范围"),
        queryset=Area.objects.none(),
        error_messages={"invalid_choice": _("选一个本人负责区域内的区划。")},
    )
    expires_on = day_field(_("到期日期"), help_text=_("当天有效，最长 12 个月。"))
    calls_a_minute = forms.IntegerField(
        label=_("每分钟次数"), min_value=1, max_value=MOST_CALLS_A_MINUTE, initial=60
    )

    class Meta:
        model = SystemAccess
        fields = ["name", "department", "purpose", "kind", "area", "expires_on", "calls_a_minute"]

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in SYSTEM_DUTIES]
        self.fields["kind"].initial = SYSTEM_DUTIES[0]
        self.fields["kind"].help_text = _("大屏和上级系统只看数字就够的，选「只看数字」。")
        self.fields["area"].queryset = GrantForm(by=by).fields["area"].queryset
        self.fields["area"].initial = by.area_code
        self.fields["expires_on"].initial = latest_expiry(today())
