"""The day it is in the county. Money and progress ask here, never the machine's own clock."""

from datetime import date

from django.conf import settings
from django.utils import timezone


def today():
    """Return the county's day: PORTAL_TODAY where a demo sets one, else today in Asia/Shanghai."""
    if settings.PORTAL_TODAY:
        return date.fromisoformat(settings.PORTAL_TODAY)
    return timezone.localdate()
