"""Refusals: the portal says no, in one Chinese sentence that also says what to do next.

A wrong row of a file is data and is kept with its reason. A bug stops the work. A refusal stands
between the two: somebody asked for something that cannot be done now, so a deed raises one of these
and any door shows it.
"""

from django.http import JsonResponse
from django.shortcuts import render


class Refusal(Exception):
    """Something that cannot be done now; `sentence` says what happened and what to do.

    A subclass gives `code` (stable, for logs and the API), `sentence` (a lazy Chinese text with
    %(name)s places) and where it matters `status`. Keyword arguments fill the places and stay
    readable as `detail`.
    """

    code = "refused"
    sentence = ""
    status = 409

    def __init__(self, **detail):
        self.detail = detail
        super().__init__(str(self))

    def __str__(self):
        return str(self.sentence) % self.detail


class RefusalMiddleware:
    """Turn a refusal raised by any deed into a page, a fragment or JSON, with its own status."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        """Return the answer that shows a refusal; None for anything else, which is a bug."""
        if not isinstance(exception, Refusal):
            return None
        return show_refusal(request, exception)


def show_refusal(request, refusal):
    """Return the answer that shows a refusal in the form that was asked for."""
    if request.headers.get("Accept", "").startswith("application/json"):
        body = {"code": refusal.code, "sentence": str(refusal)}
        return JsonResponse(body, status=refusal.status)
    template = "_refusal.html" if request.headers.get("HX-Request") else "refusal.html"
    context = {
        "code": refusal.code,
        "sentence": str(refusal),
        "back": request.headers.get("Referer", "/"),
    }
    answer = render(request, template, context, status=refusal.status)
    # A refusal is shown above the page and never takes the place of a form that was filled in.
    answer["HX-Retarget"], answer["HX-Reswap"] = "#messages", "innerHTML"
    return answer
