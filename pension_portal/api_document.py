"""The API's description (接口文档): the OpenAPI document, and a page on which it can be tried.

Both are for whoever is signed in or has a token: the page works under the portal's policy for
browsers, because its script is a file of its own (`?script=`) and its library is ours.
"""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from pension_portal.doors import signed_in


class SystemTokenScheme(OpenApiAuthenticationExtension):
    """What the document says of a system's token."""

    target_class = "staff.api.SystemToken"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "header", "name": "Authorization"}


_swagger = SpectacularSwaggerSplitView.as_view(url_name="api_document")
api_document = SpectacularJSONAPIView.as_view(api_version="1")
api_document.action = "signed_in"


@signed_in
def about_api(request):
    """Every address of the API with what it answers; whoever is signed in can try each."""
    return _swagger(request)
