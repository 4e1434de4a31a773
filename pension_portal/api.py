"""The API's doors (接口): what every address under /api/v1/ has in common.

    @api_door("view_progress", answers=ProgressAnswer, asks=ProgressQuestion)
    def progress(request, asked, code): ...

A door takes GET alone, asks the same matrix as the pages, checks what is asked for, and gives back
what the view found, shaped by its serializer. Whoever is refused reads {code, sentence} in the
words of the pages. Amounts are strings with two places, days are written 2021-03-31.
"""

from functools import wraps

from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from pension_portal.api_refusals import (
    NoSuchForm,
    NotSignedIn,
    NotThere,
    NotUnderstood,
    OnlyReading,
    PasswordTooOld,
    TooManyCalls,
)
from pension_portal.doors import refuse_unless_allowed
from pension_portal.refusals import Refusal

ROWS_A_PAGE = 100
MOST_ROWS_A_PAGE = 500


class RefusalAnswer(serializers.Serializer):
    """Why something was refused: a stable code, and a sentence for people."""

    code = serializers.CharField()
    sentence = serializers.CharField()


class Question(serializers.Serializer):
    """What may be asked of an address; each kind of question adds its own."""


class PageQuestion(Question):
    """Which part of a long list: what comes after a row, and how much of it."""

    after = serializers.IntegerField(
        required=False, min_value=0, max_value=2**63 - 1, help_text="next of the page before"
    )
    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_ROWS_A_PAGE, default=ROWS_A_PAGE
    )


def api_door(action, *, answers, asks=Question):
    """Make a view of a function (request, asked, **address) → what the serializer `answers` shows.

    `asked` holds what the query string says, checked by the serializer `asks`.
    """

    def decorate(find):
        @wraps(find)
        def view(request, **address):
            _refuse_an_old_password(request)
            refuse_unless_allowed(request.user, action)
            question = asks(data=request.query_params)
            if not question.is_valid():
                raise _fault_of(question)
            found = find(request, question.validated_data, **address)
            answer = Response(answers(found).data)
            answer["Cache-Control"] = "no-store"
            return answer

        door = extend_schema(
            operation_id=find.__name__,
            summary=(find.__doc__ or "").split("\n")[0],
            parameters=[asks] if asks is not Question else [],
            responses={200: answers} | {status: _refused(status) for status in REFUSED},
        )(api_view(["GET"])(view))
        door.action = action
        return door

    return decorate


def say_refusal(exception, _context):
    """Return the answer to an exception as {code, sentence}; None for a bug, which stops the work.

    Named in settings as DRF's exception handler.
    """
    refusal = _refusal_of(exception)
    if refusal is None:
        return None
    body = {"code": refusal.code, "sentence": str(refusal)}
    headers = {"Cache-Control": "no-store"}
    if refusal.status == NotSignedIn.status:
        headers["WWW-Authenticate"] = "Token"
    if refusal.status == TooManyCalls.status:
        headers["Retry-After"] = str(refusal.detail["seconds"])
    return Response(body, status=refusal.status, headers=headers)


def _refusal_of(exception):
    if isinstance(exception, Refusal):
        return exception
    if isinstance(exception, Http404):
        return NotThere()
    if isinstance(exception, exceptions.Throttled):
        return TooManyCalls(seconds=max(1, round(exception.wait or 1)))
    known = {401: NotSignedIn, 403: NotSignedIn, 405: OnlyReading, 406: NoSuchForm}
    refusal = known.get(getattr(exception, "status_code", None))
    return refusal() if refusal else None


def _refuse_an_old_password(request):
    if request.user.must_change_password:
        raise PasswordTooOld()


def _fault_of(question):
    name, faults = next(iter(question.errors.items()))
    return NotUnderstood(name=name, why=str(faults[0]))


REFUSED = (400, 401, 403, 404, 405, 406, 429)


def _refused(status):
    words = {
        400: "The question was not understood.",
        401: "Nobody is signed in, or the token holds no longer.",
        403: "The duty does not allow it.",
        404: "Not there, or not in the area.",
        405: "Only GET.",
        406: "Only JSON.",
        429: "Too many calls in this minute; see Retry-After.",
    }
    return OpenApiResponse(RefusalAnswer, description=words[status])


def page_of(rows, limit, key):
    """Return (rows of one page, key of its last row) of rows ordered by that key; the key is None
    on the last page. `rows` is already narrowed to what comes after the page before.
    """
    found = list(rows[: limit + 1])
    page = found[:limit]
    return page, key(page[-1]) if len(found) > limit else None
