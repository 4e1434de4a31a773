"""What every page shows around its content: the portal's name, its day, and this reader's look."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from pension_portal.clock import today

PORTAL_NAME = _("城乡居民养老保险征缴")
LOOKS = ("text-125", "text-150", "contrast-high", "keys-off")
LOOK_COOKIE = "portal_look"


def portal(request):
    """Return the words of the frame; `portal_look` holds only classes the stylesheet knows."""
    asked = request.COOKIES.get(LOOK_COOKIE, "").split(".")
    return {
        "portal_name": PORTAL_NAME,
        "portal_today": today(),
        "portal_today_is_set": bool(settings.PORTAL_TODAY),
        "portal_look": " ".join(look for look in LOOKS if look in asked),
    }
