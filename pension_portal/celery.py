"""The Celery app. It only wakes workers: the state of every job is a row in PostgreSQL.

A lost or doubled message is therefore harmless: the sweep finds a job nobody woke for, and a
job woken twice is run once because its lease is taken in the database.
"""

import os
import warnings

from celery import Celery
from celery.exceptions import CPendingDeprecationWarning
from celery.signals import celeryd_after_setup, setup_logging
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pension_portal.settings")

app = Celery("pension_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["pension_portal"])
# "Current" is per thread, and gunicorn answers from several.
app.set_default()


@setup_logging.connect
def _leave_logging_alone(**kwargs):
    """Celery asks whether somebody else sets up logging; Django has."""


@celeryd_after_setup.connect
def _look_before_working(**kwargs):
    """Workers run no system checks by themselves, and they hold the same keys as the website."""
    from pension_portal.checks import refuse_unsafe_production

    try:
        refuse_unsafe_production()
    except ImproperlyConfigured as refusal:
        # Celery would write any other exception of a signal into its log and carry on.
        raise SystemExit(str(refusal)) from refusal
    # At every loss of the broker Celery recommends cancelling what runs; a job outlives the broker.
    warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)
