"""The door gunicorn opens: `gunicorn pension_portal.wsgi`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pension_portal.settings")

# Every page tells its menu's names by pinyin; the first to ask must not wait for its dictionaries.
import pypinyin  # noqa: F401
from django.core.wsgi import get_wsgi_application

from pension_portal.checks import refuse_unsafe_production

application = get_wsgi_application()
refuse_unsafe_production()
