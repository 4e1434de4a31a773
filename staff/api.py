"""How a system shows the API who it is, and how often it may ask (令牌、限速)."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.throttling import BaseThrottle

from pension_portal.api_refusals import NotSignedIn
from staff.connecting import access_of, count_call

WORD = b"token"


class SystemToken(BaseAuthentication):
    """`Authorization: Token …` of a system; its account is who asks, as anybody else would be."""

    def authenticate(self, request):
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != WORD:
            return None
        access = access_of(parts[1].decode("latin-1")) if len(parts) == 2 else None
        if access is None:
            raise NotSignedIn()
        return access.account, access

    def authenticate_header(self, request):
        return "Token"


class CallsAMinute(BaseThrottle):
    """The rate that was agreed for a system; people who are signed in are held to none here."""

    def allow_request(self, request, view):
        self.access = request.auth
        return self.access is None or count_call(self.access)

    def wait(self):
        return self.access.seconds_to_next_minute
