"""The Celery app. It only wakes workers: the state of every job is a row in PostgreSQL.

A lost or doubled message is therefore harmless: the sweep finds a job nobody woke for, and a
job woken twice is run once because its lease is taken in the database.
"""

import os
import warnings

from celery import Celery
from celery.exceptions import CPendingDeprecationWarning
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pension_portal.settings")

app = Celery("pension_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["pension_portal"])
# At every loss of the broker it would recommend cancelling what runs; a job outlives the broker.
warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)
# "Current" is per thread, and gunicorn answers from several.
app.set_default()


@worker_init.connect
def _refuse_unsafe_production(**kwargs):
    """Workers run no system checks by themselves, and they hold the same keys as the website."""
    from pension_portal.checks import refuse_unsafe_production

    refuse_unsafe_production()
