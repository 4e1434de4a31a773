"""What a browser may do with a page: load our own files, run no inline code, keep nothing.
Words are compressed on their way.

Pages carry personal data, so nothing that is not a static file may rest in a cache.
"""

from django.middleware.gzip import GZipMiddleware

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        # The style sheet draws its small marks (ticks, arrows) as data: images.
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


def browser_policy(get_response):
    """Middleware: put the policy on every answer; a view may set a stricter one itself."""

    def answer(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


class Compressed(GZipMiddleware):
    """Middleware: compress words on their way to a village's slow line.

    Django pads them against guessing by length. A workbook is compressed in itself.
    """

    TEXT = ("text/", "application/json", "image/svg")

    def process_response(self, request, response):
        if not response.headers.get("Content-Type", "").startswith(self.TEXT):
            return response
        return super().process_response(request, response)
