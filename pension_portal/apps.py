from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PensionPortalConfig(AppConfig):
    name = "pension_portal"
    verbose_name = _("系统基础")

    def ready(self):
        """Register the system checks and the Celery app that every process sends with."""
        from pension_portal import celery, checks  # noqa: F401
