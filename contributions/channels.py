"""By which way money came (缴费渠道): tax bureau and bank call the same way by many words."""

from functools import cache

from django.utils.translation import gettext_lazy as _

# Code, name, and the words by which it is known; the first that occurs wins.
CHANNELS = [
    ("wechat", _("微信"), ("微信", "财付通", "tenpay", "wechat")),
    ("alipay", _("支付宝"), ("支付宝", "蚂蚁", "alipay")),
    ("unionpay", _("云闪付"), ("云闪付", "银联")),
    ("withheld", _("银行代扣"), ("代扣", "批扣", "托收", "协议扣款")),
    ("cash", _("现金"), ("现金",)),
    ("counter", _("银行柜面"), ("柜", "pos", "POS")),
    ("bank", _("银行网上"), ("网银", "手机银行", "银行", "农商", "信用社", "农信")),
    (
        "app",
        _("政务应用"),
        ("政务", "皖事通", "民生山西", "app", "APP", "税务局", "公众号", "小程序"),
    ),
]
CHANNEL_CHOICES = [(code, name) for code, name, _words in CHANNELS]
NAMES = dict(CHANNEL_CHOICES)


@cache
def channel_of(text):
    """Return the code of a channel by whatever words name it; empty where none is known."""
    return next((code for code, _name, words in CHANNELS if any(w in text for w in words)), "")


def channel_name(code):
    """Return the name of a channel; 未写明 for none."""
    return NAMES.get(code, _("未写明渠道"))
