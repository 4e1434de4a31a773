"""What the API refuses by itself; everything else it refuses in the words of the deeds."""

from django.utils.translation import gettext_lazy as _

from pension_portal.refusals import Refusal


class NotSignedIn(Refusal):
    code = "not_signed_in"
    sentence = _(
        "没有令牌，或令牌已失效。在请求头写 Authorization: Token ……；没有令牌的，找县级安全管理员。"
    )
    status = 401


class PasswordTooOld(Refusal):
    code = "password_too_old"
    sentence = _("密码须先修改。到网页上修改后再用接口。")
    status = 403


class NotThere(Refusal):
    code = "not_there"
    sentence = _("没有这一项，或不在负责区域内。核对地址里的编号。")
    status = 404


class NotUnderstood(Refusal):
    code = "not_understood"
    sentence = _("「%(name)s」不对：%(why)s 改正后再查。")
    status = 400


class OnlyReading(Refusal):
    code = "only_reading"
    sentence = _("接口只供查询，只用 GET。")
    status = 405


class NoSuchForm(Refusal):
    code = "no_such_form"
    sentence = _("接口只给 JSON。请求头写 Accept: application/json。")
    status = 406


class TooManyCalls(Refusal):
    code = "too_many_calls"
    sentence = _("这一分钟查得太多，%(seconds)d 秒后再查。")
    status = 429
