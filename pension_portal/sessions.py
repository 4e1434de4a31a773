"""Let a session live as long as somebody works: it ends so many minutes after the last click."""

import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY

LAST_CLICK = "last_click"


class KeepSessionAlive:
    """Put a session's end off with a click, once a minute at most: a write for every click costs
    more than most pages.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        session = request.session
        # Who is not signed in has no session, and gets none by this.
        if SESSION_KEY in session:
            now = int(time.time())
            if now - session.get(LAST_CLICK, 0) >= settings.SESSION_NOTED_SECONDS:
                session[LAST_CLICK] = now
        return self.get_response(request)
