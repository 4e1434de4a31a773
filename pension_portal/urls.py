"""Every address of the portal; each app keeps its own list beside its views."""

from importlib.util import find_spec

from django.urls import include, path

from pension_portal.api_document import about_api, api_document
from pension_portal.health import health

APPS_WITH_PAGES = [
    "staff",
    "townships",
    "policies",
    "enrollment",
    "contributions",
    "subsidies",
    "benefits",
    "oversight",
]

urlpatterns = [
    path("health/", health, name="health"),
    path("api/v1/", about_api, name="about_api"),
    path("api/v1/openapi.json", api_document, name="api_document"),
    path("language/", include("django.conf.urls.i18n")),
    *[path("", include(f"{app}.urls")) for app in APPS_WITH_PAGES if find_spec(f"{app}.urls")],
]
