"""The door gunicorn opens: `gunicorn pension_portal.wsgi`."""

import os

from pension_portal.servers import ensure_servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pension_portal.settings")
ensure_servers()

from django.core.wsgi import get_wsgi_application  # noqa: E402

from pension_portal.checks import refuse_unsafe_production  # noqa: E402

application = get_wsgi_application()
refuse_unsafe_production()
