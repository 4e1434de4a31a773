"""What a browser may do with a page: load our own files, run no inline code, keep nothing.

Pages carry personal data, so nothing that is not a static file may rest in a cache.
"""

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
