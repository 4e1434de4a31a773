"""The door gunicorn opens: `gunicorn pension_portal.wsgi`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pension_portal.settings")

from django.core.wsgi import get_wsgi_application

from pension_portal.checks import refuse_unsafe_production

application = get_wsgi_application()
refuse_unsafe_production()
